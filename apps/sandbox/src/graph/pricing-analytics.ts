import { localDate } from '../messages/pricing.js';
import { countryOf, digitsOf } from '../state/phone.js';
import type { Json, Message, Waba } from '../state/records.js';
import type { GraphCall } from './graph-call.js';
import { badParameter } from './graph-error.js';

/** `name.start(1).end(2).dimensions(["A"])`: what is in the parentheses, by name; undefined where the field is not asked for. */
function argumentsOf(fields: unknown, name: string): Map<string, string> | undefined {
  const asked =
    typeof fields === 'string' ? fields.match(new RegExp(`${name}((?:\\.\\w+\\([^)]*\\))+)`))?.[1] : undefined;
  return asked === undefined
    ? undefined
    : new Map([...asked.matchAll(/\.(\w+)\(([^)]*)\)/g)].map(([, key, value]) => [key as string, value as string]));
}

const listOf = (text: string | undefined): string[] => (text ?? '').match(/\w+/g) ?? [];

const DIMENSIONS: Readonly<Record<string, (message: Message, call: GraphCall) => [string, string]>> = {
  PHONE: (m, call) => [
    'phone_number',
    digitsOf(call.world.get('phone_number', m.phoneNumberId)?.displayPhoneNumber ?? ''),
  ],
  COUNTRY: (m) => ['country', countryOf(m.to) ?? ''],
  PRICING_CATEGORY: (m) => ['pricing_category', String(m.pricing?.category).toUpperCase().replaceAll('-', '_')],
  PRICING_TYPE: (m) => [
    'pricing_type',
    String((m.pricing as { type?: string } | undefined)?.type ?? 'regular').toUpperCase(),
  ],
};

/**
 * The field `pricing_analytics` of a WABA: delivered messages by day of its zone and by the dimensions that are asked for.
 * Metrics: VOLUME only, as for a business that is billed through a partner (Meta hides COST from those since July 2023).
 */
export function pricingAnalytics(call: GraphCall, waba: Waba): Json | undefined {
  const asked = argumentsOf(call.params.fields, 'pricing_analytics');
  if (!asked) return undefined;
  const [start, end] = [Number(asked.get('start')), Number(asked.get('end'))];
  if (!(start > 0 && end > start)) throw badParameter('pricing_analytics needs start and end, in Unix seconds.');
  if (asked.get('granularity') !== 'DAILY') throw badParameter('This stand-in knows granularity DAILY only.');
  const dimensions = listOf(asked.get('dimensions'));
  const unknown = dimensions.find((name) => !(name in DIMENSIONS));
  if (unknown !== undefined) throw badParameter(`${unknown} is no dimension that this stand-in knows.`);

  const points = new Map<string, Json & { volume: number }>();
  for (const message of call.world.messages.values()) {
    const at = message.statuses.find((s) => s.status === 'delivered')?.at;
    if (!message.pricing || at === undefined || !waba.phoneNumberIds.has(message.phoneNumberId)) continue;
    if (at < start * 1_000 || at >= end * 1_000) continue;
    const day = startOf(localDate(at, waba.timezone), at, waba.timezone);
    const point = {
      start: day,
      end: day + 86_400,
      ...Object.fromEntries(dimensions.map((name) => (DIMENSIONS[name] as (typeof DIMENSIONS)[string])(message, call))),
    };
    const key = JSON.stringify(point);
    const held = points.get(key) ?? { ...point, volume: 0 };
    held.volume++;
    points.set(key, held);
  }
  return { data: [{ data_points: [...points.values()] }] };
}

/** The first second of a local day that an instant falls on: the day's name changes there. */
function startOf(day: string, at: number, timezone: string): number {
  let [before, after] = [at - 26 * 3_600_000, at];
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2_000) * 1_000;
    if (localDate(middle, timezone) === day) after = middle;
    else before = middle;
  }
  return Math.floor(after / 1_000);
}
