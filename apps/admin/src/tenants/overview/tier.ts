import { parseLimit, remaining } from '#libs/tier-quota';
import type { TierReservation, TierScope } from '#libs/tier-reservation';
import type { Portfolio } from '#libs/wabas';

/** What may still be done within a messaging limit. */
export interface Tier {
  /** Meta's word. */
  told: string;
  /** Whose limit it is: of all numbers of the portfolio, or of this number alone (seed era). */
  scope: 'portfolio' | 'number';
  /** Unique customers in a moving 24 h; null when the limit is lifted. */
  limit: number | null;
  /** Unique customers that count now; null when the limit is lifted, or while nobody can say. */
  used: number | null;
  remaining: number | null;
  /** Until when staff hold `limit` below Meta's word; null: they do not. */
  held_until: Date | null;
  /** What Meta's word for the limit was read as. */
  reading: 'capped' | 'unlimited' | 'not_set' | 'unreadable';
}

type Counts = Pick<TierReservation, 'limitOf' | 'scopeOf' | 'use'>;

/**
 * The limit of each number, as the dispatcher counts it. A limit is asked for once, however many numbers share it.
 *
 * @param portfolios by id
 * @returns by our id of the number
 */
export async function tiersOf(
  counts: Counts,
  portfolios: ReadonlyMap<string, Portfolio>,
  numbers: readonly { id: string; meta_phone_number_id: string; portfolio_id: string }[],
  now: Date,
): Promise<Map<string, Tier>> {
  const asked = new Map<string, Promise<Tier>>();
  const tiers = new Map<string, Tier>();
  for (const { id, meta_phone_number_id, portfolio_id } of numbers) {
    const portfolio = portfolios.get(portfolio_id);
    if (!portfolio) continue;
    const holder = { portfolio, number: { phoneNumberId: id, metaPhoneNumberId: meta_phone_number_id } };
    const scope = counts.scopeOf(holder, now);
    const key = `${scope.portfolioId} ${scope.phoneNumberId ?? ''}`;
    const tier = asked.get(key) ?? tierOf(counts, scope, counts.limitOf(holder, now), now);
    asked.set(key, tier);
    tiers.set(id, await tier);
  }
  return tiers;
}

async function tierOf(
  counts: Counts,
  scope: TierScope,
  { told, limit, ladder }: ReturnType<Counts['limitOf']>,
  now: Date,
): Promise<Tier> {
  const read = ladder.scope === 'number' ? limit.kind : parseLimit(told).kind;
  const { cap } = scope;
  const said = { told, scope: ladder.scope, reading: read, held_until: scope.heldUntil ?? null };
  if (!Number.isFinite(cap)) return { ...said, limit: null, used: null, remaining: null };
  // Redis may be away; the rest of the page is worth having all the same.
  const used = await counts.use(scope, now).then(
    (use) => use.used,
    () => null,
  );
  return { ...said, limit: cap, used, remaining: used === null ? null : remaining({ cap, used }) };
}
