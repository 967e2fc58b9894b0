import type { Tx } from '#libs/persistence';
import {
  capOf,
  capUnder,
  type Hold,
  holdAt,
  type Ladder,
  type Limit,
  ladderAt,
  parseLimit,
  parseSeedTier,
  SEED_LADDER,
} from '#libs/tier-quota';
import { holdOf, type PhoneNumber, type Portfolio, type Wabas } from '#libs/wabas';

/** Whose limit it is, and how many different customers it allows in a moving day (Infinity: no limit). */
export interface TierScope {
  readonly tenantId: string;
  readonly portfolioId: string;
  /** Where the limit is of one number alone. */
  readonly phoneNumberId?: string;
  readonly cap: number;
  /** Where the provider holds it below Meta's: until when. */
  readonly heldUntil?: Date;
}

/** A number with its portfolio. */
export interface LimitHolder {
  readonly portfolio: Portfolio;
  readonly number: Pick<PhoneNumber, 'phoneNumberId' | 'metaPhoneNumberId'>;
}

/** A messaging limit as it was told, as it was read, and on which ladder it stands. */
export interface HeldLimit {
  readonly told: string;
  readonly limit: Limit;
  readonly ladder: Ladder;
}

/**
 * The limit that a number is under: its portfolio's, or its own where it is configured with a tier of the seed era. A limit
 * that cannot be read is taken for the lowest: Meta would refuse more, and a person sees it in the portfolio.
 *
 * @param seedTiers by Meta's id of the number: unassigned, tier1 … tier4
 */
export function limitOf(
  { portfolio, number }: LimitHolder,
  now: Date,
  seedTiers: ReadonlyMap<string, string>,
): HeldLimit {
  const seedTier = seedTiers.get(number.metaPhoneNumberId);
  const told = seedTier ?? portfolio.messagingLimit;
  const read = seedTier === undefined ? parseLimit(told) : parseSeedTier(told);
  const limit: Limit = read.kind === 'unreadable' ? { kind: 'not_set' } : read;
  return { told, limit, ladder: seedTier === undefined ? ladderAt(now.toISOString().slice(0, 10)) : SEED_LADDER };
}

/** What the provider holds the limit of a number to now; undefined where Meta's counts. */
export const heldTo = ({ portfolio }: LimitHolder, now: Date): Hold | undefined => holdAt(holdOf(portfolio), now);

/** See `limitOf`; less where the provider holds it lower. */
export function scopeOf(holder: LimitHolder, now: Date, seedTiers: ReadonlyMap<string, string>): TierScope {
  const { limit, ladder } = limitOf(holder, now, seedTiers);
  const { tenantId, portfolioId } = holder.portfolio;
  const ofNumber = ladder.scope === 'number' ? { phoneNumberId: holder.number.phoneNumberId } : {};
  const hold = heldTo(holder, now);
  const [allowed, cap] = [capOf(limit, ladder), capUnder(capOf(limit, ladder), hold, now)];
  return { tenantId, portfolioId, ...ofNumber, cap, ...(hold && cap < allowed ? { heldUntil: hold.until } : {}) };
}

/** The numbers that share a limit. */
export async function numbersOf(
  tx: Tx,
  wabas: Wabas,
  { tenantId, portfolioId, phoneNumberId }: Omit<TierScope, 'cap'>,
): Promise<PhoneNumber[]> {
  const accounts = (await wabas.wabas(tx, tenantId)).filter((w) => w.portfolioId === portfolioId);
  const ids = new Set(accounts.map((w) => w.wabaId));
  const all = (await wabas.phoneNumbers(tx, tenantId)).filter((n) => ids.has(n.wabaId));
  return phoneNumberId === undefined ? all : all.filter((n) => n.phoneNumberId === phoneNumberId);
}
