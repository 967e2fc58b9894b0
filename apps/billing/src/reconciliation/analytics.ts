import { marketOfCountry } from '#libs/markets';
import { meaningOf } from '../rating/categories.js';
import type { UsageCell } from './compare-usage.js';

export type AnalyticsKind = 'conversation_analytics' | 'pricing_analytics';

/** One row of either field (Meta, "Analytics", December 2025); a dimension that was not asked for is absent. */
export interface DataPoint {
  readonly start: number;
  readonly phone_number?: string;
  readonly country?: string;
  readonly pricing_type?: string;
  readonly pricing_category?: string;
  readonly volume?: number;
  readonly conversation_type?: string;
  readonly conversation_category?: string;
  readonly conversation_direction?: string;
  readonly conversation?: number;
  readonly cost?: number | string;
}

/** What is asked for. COST comes back only where Meta does not hide it; asking for it beside a count is no error. */
export const FIELDS: Readonly<Record<AnalyticsKind, string>> = {
  pricing_analytics:
    '.metric_types(["COST","VOLUME"]).dimensions(["PRICING_CATEGORY","PRICING_TYPE","COUNTRY","PHONE"])',
  conversation_analytics:
    '.metric_types(["COST","CONVERSATION"])' +
    '.dimensions(["CONVERSATION_CATEGORY","CONVERSATION_DIRECTION","CONVERSATION_TYPE","COUNTRY","PHONE"])',
};

/** The first local day on which messages are charged and no longer conversations (Meta, "Pricing", July 2025). */
const PER_MESSAGE_FROM = '2025-07-01';
/** The first local day on which conversations had categories; before they had a direction only (Meta, June 2023). */
const CATEGORIES_FROM = '2023-06-01';

/** Which of Meta's figures tell of a range of local days, both included; `before` is the day after a part: pure. */
export function analyticsParts(days: {
  from: string;
  to: string;
}): { kind: AnalyticsKind; from: string; before: string }[] {
  const after = new Date(Date.parse(`${days.to}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const parts = [
    { kind: 'conversation_analytics', from: days.from, before: after < PER_MESSAGE_FROM ? after : PER_MESSAGE_FROM },
    { kind: 'pricing_analytics', from: days.from > PER_MESSAGE_FROM ? days.from : PER_MESSAGE_FROM, before: after },
  ] as const;
  return parts.filter(({ from, before }) => from < before);
}

/** A row of Meta's as we compare it: pure. @param day its local day */
export function cellOf(point: DataPoint, day: string): UsageCell {
  const said = point.pricing_category ?? categoryOfConversation(point, day);
  const category = said.toLowerCase();
  return {
    day,
    number: (point.phone_number ?? '').replace(/\D/g, ''),
    market: point.country ? marketOfCountry(point.country, day) : '',
    category: meaningOf(category)?.row ?? category,
    charged: (point.pricing_type ?? point.conversation_type ?? '').toUpperCase() === 'REGULAR',
    volume: point.volume ?? point.conversation ?? 0,
    // A JSON number is a float already; as text it is what Meta printed. Meta says these costs are approximate.
    cost: point.cost === undefined ? null : String(point.cost),
  };
}

const categoryOfConversation = (point: DataPoint, day: string): string =>
  (day < CATEGORIES_FROM ? point.conversation_direction : point.conversation_category) ?? '';
