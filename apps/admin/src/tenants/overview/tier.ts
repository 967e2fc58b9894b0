import { capOf, ladderAt, parseLimit, remaining } from '#libs/tier-quota';

/** What a portfolio may still do within its messaging limit, which its numbers share. */
export interface Tier {
  /** Unique customers in a moving 24 h; null when the limit is lifted, or cannot be read. */
  limit: number | null;
  /** Unique customers written to outside a service window in the last 24 h. */
  used: number;
  /** Null when the limit is lifted, or cannot be read. */
  remaining: number | null;
  /** What Meta's word for the limit was read as. */
  reading: 'capped' | 'unlimited' | 'not_set' | 'unreadable';
}

/** @param messagingLimit as Meta names it, e.g. TIER_2K @param used unique customers in the last 24 h */
export function tierOf(messagingLimit: string, used: number, now: Date): Tier {
  const limit = parseLimit(messagingLimit);
  if (limit.kind === 'unreadable') return { limit: null, used, remaining: null, reading: limit.kind };
  const cap = capOf(limit, ladderAt(now.toISOString().slice(0, 10)));
  const finite = (n: number) => (Number.isFinite(n) ? n : null);
  return { limit: finite(cap), used, remaining: finite(remaining({ cap, used })), reading: limit.kind };
}
