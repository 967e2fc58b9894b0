import type { Purpose } from '#libs/consent';

/** How a value of an attribute is compared. */
export const COMPARISONS = [
  'equal',
  'one_of',
  'contains',
  'begins',
  'less',
  'at_most',
  'more',
  'at_least',
  'set',
] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What a customer did: `wrote` to you, `read` a message, `clicked` a link or button, `bought`. */
export const DEEDS = ['wrote', 'read', 'clicked', 'bought'] as const;
export type FilterDeed = (typeof DEEDS)[number];

/** One question about a contact. */
export type Condition =
  | { attribute: string; is: Comparison; value?: unknown }
  | { tag: string }
  | { did: FilterDeed; in_last_days?: number; at_least?: number }
  | { consent: Purpose; state: 'asked' | 'granted' | 'withdrawn' | 'none' }
  /** First digits of the number, without `+`: a country, or a part of one. */
  | { number_begins: string }
  | { name_contains: string }
  | { added_in_last_days: number };

/** Which contacts are meant: data, saved as it is, that a form can show and a program can write. */
export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | Condition;

/** Keys of the attributes that a filter asks for. */
export function attributesIn(filter: Filter): string[] {
  if ('all' in filter) return filter.all.flatMap(attributesIn);
  if ('any' in filter) return filter.any.flatMap(attributesIn);
  if ('not' in filter) return attributesIn(filter.not);
  return 'attribute' in filter ? [filter.attribute] : [];
}
