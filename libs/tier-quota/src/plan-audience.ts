import { DAY_MS, type QuotaUse, remaining } from './admit.js';

/** One wave of a broadcast: from an instant on, this many recipients fit. */
export interface Wave {
  readonly at: Date;
  readonly recipients: number;
}

/**
 * How an audience of new recipients spreads over the days under a limit: as many as fit at once, then as places become
 * free. It assumes that every message is delivered when sent and that nothing else is sent meanwhile, so it is the
 * earliest the audience can be reached; the true sends ask `admit`.
 * @param audience how many recipients that are not counted now
 * @param use with every instant in `leavingAt`; recipients counted but not listed there are assumed to leave after 24 h
 * @returns the waves in order of time; undefined when the limit allows nobody
 */
export function planAudience(audience: number, use: QuotaUse, now: Date): readonly Wave[] | undefined {
  if (audience <= 0) return [];
  if (use.cap === 0) return undefined;
  const waves: Wave[] = [];
  // Places become free as people leave; those over a lowered limit leave without making room.
  const over = Math.max(0, use.used - use.cap);
  const known = (use.leavingAt ?? []).slice(0, use.used).map((at) => at.getTime());
  const end = now.getTime() + DAY_MS;
  const places = [...known, ...Array<number>(use.used - known.length).fill(end)].sort((a, b) => a - b).slice(over);
  let free: Wave[] = [
    { at: now, recipients: remaining(use) },
    ...places.map((ms) => ({ at: new Date(ms), recipients: 1 })),
  ];
  let left = audience;
  while (left > 0) {
    const next: Wave[] = [];
    for (const place of free) {
      const taken = Math.min(left, place.recipients);
      if (taken === 0) continue;
      left -= taken;
      const last = waves.at(-1);
      if (last?.at.getTime() === place.at.getTime()) {
        waves[waves.length - 1] = { at: last.at, recipients: last.recipients + taken };
      } else waves.push({ at: place.at, recipients: taken });
      next.push({ at: new Date(place.at.getTime() + DAY_MS), recipients: taken });
    }
    free = next;
  }
  return waves;
}
