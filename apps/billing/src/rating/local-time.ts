/** A calendar day of a time zone. */
export interface LocalDay {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** `YYYY-MM` */
  readonly month: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Days since 1970 to their names; shared by all zones and grown as days are met. */
const NAMED = new Map<number, LocalDay>();
function named(dayNumber: number): LocalDay {
  const known = NAMED.get(dayNumber);
  if (known) return known;
  const day = new Date(dayNumber * DAY).toISOString().slice(0, -'T00:00:00.000Z'.length);
  const fresh = Object.freeze({ day, month: day.slice(0, -'-01'.length) });
  NAMED.set(dayNumber, fresh);
  return fresh;
}

/**
 * Tells the local day of instants in one IANA zone. Asking the time zone database costs microseconds, so a zone learns
 * the few changes of its offset a year at a time; after that an answer is a comparison and a division.
 */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #yearsLearnt = new Map<number, { from: number; before: number; offset: number }[]>();
  /** The stretch of constant offset that answered last. */
  #from = 0;
  #before = 0;
  #offset = 0;

  /** @throws RangeError for a name the time zone database does not have */
  constructor(readonly zone: string) {
    // Newer engines also take "+05:30"; an offset is no zone and knows no summer time.
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError(`${zone} is no IANA time zone`);
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** The local day an instant (ms since 1970) falls on. The day begins at its first instant, 00:00:00 included. */
  dayAt(at: number): LocalDay {
    if (at < this.#from || at >= this.#before) this.#turnTo(at);
    return named(Math.floor((at + this.#offset) / DAY));
  }

  #turnTo(at: number): void {
    const year = new Date(at).getUTCFullYear();
    const stretches = this.#yearsLearnt.get(year) ?? this.#learn(year);
    const found = stretches.find((s) => at >= s.from && at < s.before);
    if (!found) throw new RangeError(`${at} is no instant`);
    this.#from = found.from;
    this.#before = found.before;
    this.#offset = found.offset;
  }

  /** The stretches of constant offset of one UTC year: looked at day by day, then narrowed to the second. */
  #learn(year: number): { from: number; before: number; offset: number }[] {
    const end = Date.UTC(year + 1, 0, 1);
    const stretches = [];
    let from = Date.UTC(year, 0, 1);
    let offset = this.#offsetAt(from);
    for (let at = from + DAY; at <= end; at += DAY) {
      if (this.#offsetAt(at) === offset) continue;
      let [same, other] = [at - DAY, at];
      while (other - same > 1000) {
        const middle = same + Math.floor((other - same) / 2000) * 1000;
        if (this.#offsetAt(middle) === offset) same = middle;
        else other = middle;
      }
      stretches.push({ from, before: other, offset });
      from = other;
      offset = this.#offsetAt(other);
    }
    stretches.push({ from, before: end, offset });
    this.#yearsLearnt.set(year, stretches);
    return stretches;
  }

  #offsetAt(at: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(at)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
  }
}

const CLOCKS = new Map<string, ZoneClock>();

/** The clock of an IANA zone, made once per process. @throws RangeError for a name that is no zone */
export function zoneClock(zone: string): ZoneClock {
  const clock = CLOCKS.get(zone) ?? new ZoneClock(zone);
  CLOCKS.set(zone, clock);
  return clock;
}
