import type { CardCategory } from '../rate-card/rate-card.js';

/** What a category name of Meta means for the bill. */
export interface Meaning {
  /** The row of the card that prices it; `free_entry` for conversations that always cost 0. */
  readonly row: CardCategory | 'free_entry';
  /** A group message: list price, no volume. */
  readonly group: boolean;
}

const ROWS: Readonly<Record<string, Meaning['row']>> = {
  marketing: 'marketing',
  // Marketing Messages API: the same price as marketing since 2025-07-01 (Meta, "Pricing", July 2026).
  marketing_lite: 'marketing',
  utility: 'utility',
  authentication: 'authentication',
  authentication_international: 'authentication_international',
  service: 'service',
  business_initiated: 'business_initiated',
  user_initiated: 'user_initiated',
  referral_conversion: 'free_entry',
  group_marketing: 'marketing',
  group_utility: 'utility',
  group_service: 'service',
};

/** Every name that is understood. Meta spells some with hyphens in status webhooks and with underscores elsewhere. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries(ROWS).flatMap(([name, row]) => {
    const meaning = Object.freeze({ row, group: name.startsWith('group_') });
    return [
      [name, meaning],
      [name.replaceAll('_', '-'), meaning],
    ];
  }),
);

/**
 * What a category name means, or undefined: Meta adds names without notice, and one that is not listed here is for a
 * person to look at, never to be billed as something similar.
 */
export const meaningOf = (category: unknown): Meaning | undefined => MEANINGS.get(category as string);

/** `pricing.type` values that are understood (Meta, status webhook reference, autumn 2026). */
export const PRICING_TYPES: ReadonlySet<unknown> = new Set([
  'regular',
  'free_customer_service',
  'free_entry_point',
  'free_group_customer_service',
]);

/** `pricing.pricing_model` values that are understood. */
export const PRICING_MODELS: ReadonlySet<unknown> = new Set(['CBP', 'PMP']);
