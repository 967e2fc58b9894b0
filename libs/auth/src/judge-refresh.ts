import { timingSafeEqual } from 'node:crypto';

/** How many exchanged tokens are remembered: a month of a page that is open all day exchanges some thousand. */
const REMEMBERED = 200;

/** What a session keeps of its refresh tokens: SHA-256 of the live one, and of those that were exchanged. */
export interface RefreshTokens {
  refreshHash: Buffer;
  usedHashes: readonly Buffer[];
}

/**
 * Each refresh token works once. One that comes a second time was copied by somebody, and nobody can say by whom.
 *
 * @param given SHA-256 of the token that came
 * @returns 'live'; 'stolen' for one that was exchanged before, whose session must end; 'unknown'
 */
export function judgeRefresh(held: RefreshTokens, given: Buffer): 'live' | 'stolen' | 'unknown' {
  if (timingSafeEqual(held.refreshHash, given)) return 'live';
  return held.usedHashes.some((used) => used.equals(given)) ? 'stolen' : 'unknown';
}

/** What the session keeps when its live token was exchanged for the next one. */
export const exchanged = (held: RefreshTokens, next: Buffer): { refreshHash: Buffer; usedHashes: Buffer[] } => ({
  refreshHash: next,
  usedHashes: [...held.usedHashes, held.refreshHash].slice(-REMEMBERED),
});
