import { DAY_MS, type QuotaUse, remaining } from './admit.js';
import { planAudience } from './plan-audience.js';

/** One of an audience, as the limit sees it. */
export interface Invited {
  readonly customer: string;
  /** A message inside an open service window never counts. */
  readonly insideWindow: boolean;
  /** Sent to within the moving 24 h already: another message costs nothing of the limit. */
  readonly counted: boolean;
}

/** Why a customer can be sent to now, or has to wait (`tier_exhausted`). */
export type PlanRule = 'inside_window' | 'counted_already' | 'place_free' | 'tier_exhausted';

export interface Planned {
  readonly customer: string;
  readonly rule: PlanRule;
  /** From when on; undefined: never under this limit. */
  readonly at: Date | undefined;
}

/**
 * When each of an audience can be sent to, and by which rule: those who cost nothing now, others in the given order as places
 * are free or become free. Windows that close and messages of others change it; the true sends ask `admit`.
 *
 * @param use with every instant in `leavingAt`; those counted already who are sent to now leave a day from now
 */
export function planEach(audience: readonly Invited[], use: QuotaUse, now: Date): Planned[] {
  const strangers = audience.filter((i) => !i.insideWindow && !i.counted).length;
  const isLimited = Number.isFinite(use.cap);
  const waves = isLimited ? planAudience(strangers, use, now) : [{ at: now, recipients: strangers }];
  let [wave, left] = [0, waves?.[0]?.recipients ?? 0];
  const free = remaining(use);
  let placed = 0;
  return audience.map(({ customer, insideWindow, counted }) => {
    if (insideWindow || counted) {
      return { customer, rule: insideWindow ? ('inside_window' as const) : ('counted_already' as const), at: now };
    }
    while (left === 0 && waves && wave < waves.length - 1) left = waves[++wave]?.recipients ?? 0;
    left--;
    const rule = placed++ < free ? 'place_free' : 'tier_exhausted';
    return { customer, rule, at: waves?.[wave]?.at };
  });
}

/** Sends that are planned for one hour. */
export interface PlannedHour {
  /** When the first and the last of them fit. */
  readonly from: Date;
  readonly until: Date;
  readonly customers: number;
}

const HOUR_MS = DAY_MS / 24;

/** The later part of a plan, hour by hour, in order of time. */
export function hoursOf(plan: readonly Planned[]): PlannedHour[] {
  const hours = new Map<number, PlannedHour>();
  for (const { rule, at } of plan) {
    if (rule !== 'tier_exhausted' || !at) continue;
    const hour = Math.floor(at.getTime() / HOUR_MS);
    const known = hours.get(hour);
    hours.set(hour, {
      from: known && known.from < at ? known.from : at,
      until: known && known.until > at ? known.until : at,
      customers: (known?.customers ?? 0) + 1,
    });
  }
  return [...hours].sort(([a], [b]) => a - b).map(([, hour]) => hour);
}
