import type { Redis } from 'ioredis';

/** How fast a number goes at the moment, as its dispatcher last showed it. */
export interface SeenPace {
  /** Messages of the last second, sent and received. */
  used: number;
  /** Nothing is sent for so long, because Meta said that it was too much (130429) or that it was busy (131057). */
  pausedForMs: number;
}

const SECOND_MS = 1_000;

/** Shows a pace to the other processes, for as long as it says something. Nobody waits for it, and it may be lost. */
export function showPace(redis: Redis, phoneNumberId: string, { used, pausedForMs }: SeenPace): void {
  if (used === 0 && pausedForMs <= 0) return;
  const paused = Math.max(0, Math.ceil(pausedForMs));
  void redis.set(keyOf(phoneNumberId), `${used} ${paused}`, 'PX', Math.max(SECOND_MS, paused)).catch(() => {});
}

/** @returns nothing used where nobody has shown anything lately */
export async function seenPace(redis: Redis, phoneNumberId: string): Promise<SeenPace> {
  const key = keyOf(phoneNumberId);
  const [[, shown], [, leftMs]] = (await redis.multi().get(key).pttl(key).exec()) as [
    [unknown, string | null],
    [unknown, number],
  ];
  const [used = '0', paused = '0'] = shown?.split(' ') ?? [];
  const shownAgoMs = Math.max(SECOND_MS, Number(paused)) - Math.max(0, leftMs);
  return {
    used: shownAgoMs < SECOND_MS ? Number(used) : 0,
    pausedForMs: Math.max(0, Number(paused) - shownAgoMs),
  };
}

const keyOf = (phoneNumberId: string) => `pace-seen:${phoneNumberId}`;
