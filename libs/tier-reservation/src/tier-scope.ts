import type { Tx } from '#libs/persistence';
import { capOf, ladderAt, parseLimit } from '#libs/tier-quota';
import type { PhoneNumber, Portfolio, Wabas } from '#libs/wabas';

/** Whose limit it is, and how many different customers it allows in a moving day (Infinity: no limit). */
export interface TierScope {
  readonly tenantId: string;
  readonly portfolioId: string;
  readonly cap: number;
}

/** A limit that cannot be read is taken for the lowest: Meta would refuse more, and a person sees it in the portfolio. */
export function scopeOf(portfolio: Portfolio, now: Date): TierScope {
  const ladder = ladderAt(now.toISOString().slice(0, 10));
  const limit = parseLimit(portfolio.messagingLimit);
  const cap = capOf(limit.kind === 'unreadable' ? { kind: 'not_set' } : limit, ladder);
  return { tenantId: portfolio.tenantId, portfolioId: portfolio.portfolioId, cap };
}

/** The numbers that share a limit. */
export async function numbersOf(
  tx: Tx,
  wabas: Wabas,
  { tenantId, portfolioId }: Pick<TierScope, 'tenantId' | 'portfolioId'>,
): Promise<PhoneNumber[]> {
  const accounts = (await wabas.wabas(tx, tenantId)).filter((w) => w.portfolioId === portfolioId);
  const ids = new Set(accounts.map((w) => w.wabaId));
  return (await wabas.phoneNumbers(tx, tenantId)).filter((n) => ids.has(n.wabaId));
}
