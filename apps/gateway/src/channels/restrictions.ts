import type { Tx } from '#libs/persistence';
import { suspensionOf } from '#libs/tenants';
import type { PhoneNumber, Restriction, Standing } from '#libs/wabas';

/** What of a message decides whether a restriction stops it. */
export interface Restrictable {
  category?: string | null | undefined;
  inWindow: boolean;
}

/**
 * Which sends each restriction stops; others of Meta's (adding numbers, calls) stop none. Meta's words as webhooks carry them
 * (pywa, 2026-08); Meta documents no effect beyond their names. The last two are the provider's.
 */
const STOPS: Readonly<Record<string, (message: Restrictable) => boolean>> = {
  RESTRICTED_BIZ_INITIATED_MESSAGING: ({ inWindow }) => !inWindow,
  RESTRICTED_CUSTOMER_INITIATED_MESSAGING: ({ inWindow }) => inWindow,
  RESTRICTED_UTILITY_TEMPLATES: ({ category }) => category === 'utility',
  'provider: marketing': ({ category }) => category === 'marketing',
  'provider: sending': () => true,
};

/** Whether a restriction is the provider's own, not Meta's. */
export const isProviders = ({ type }: Restriction): boolean => type.startsWith('provider: ');

/** What neither Meta nor the provider lets a number do at an instant. */
export async function restrictionsOf(
  tx: Tx,
  standing: Standing,
  number: PhoneNumber,
  now: Date,
): Promise<Restriction[]> {
  const ofMeta = await standing.restrictions(tx, number.tenantId, number, now);
  const off = await suspensionOf(tx, number.tenantId);
  if (off === null) return ofMeta;
  return [...ofMeta, { type: off === 'marketing' ? 'provider: marketing' : 'provider: sending', until: undefined }];
}

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
