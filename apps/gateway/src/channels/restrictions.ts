import type { Restriction } from '#libs/wabas';

/** What of a message decides whether a restriction stops it. */
export interface Restrictable {
  category?: string | null | undefined;
  inWindow: boolean;
}

/**
 * Which sends each restriction of Meta's stops; others (adding numbers, calls) stop none. Words as webhooks carry them (pywa,
 * 2026-08); Meta documents no effect beyond their names.
 */
const STOPS: Readonly<Record<string, (message: Restrictable) => boolean>> = {
  RESTRICTED_BIZ_INITIATED_MESSAGING: ({ inWindow }) => !inWindow,
  RESTRICTED_CUSTOMER_INITIATED_MESSAGING: ({ inWindow }) => inWindow,
  RESTRICTED_UTILITY_TEMPLATES: ({ category }) => category === 'utility',
};

/** The restriction that stops a message at an instant, the one that ends last if there are several; undefined: none does. */
export function stoppedBy(
  restrictions: readonly Restriction[],
  message: Restrictable,
  now: Date,
): Restriction | undefined {
  const endOf = ({ until }: Restriction): number => until?.getTime() ?? Number.POSITIVE_INFINITY;
  return restrictions
    .filter((r) => endOf(r) > now.getTime() && Object.hasOwn(STOPS, r.type) && STOPS[r.type]?.(message))
    .reduce<Restriction | undefined>((last, r) => (last && endOf(last) >= endOf(r) ? last : r), undefined);
}
