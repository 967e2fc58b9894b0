const WINDOW_MS = 60_000;
const AT_MOST = 20;
const REMEMBERED = 10_000;

/** So many forms a minute from one address: a shop's visitors share one at most by the dozen, a script sends thousands. */
export class VisitorThrottle {
  private readonly seen = new Map<string, { since: number; times: number }>();

  /** @param now in ms @returns whether this one is too much */
  isTooMuch(ip: string, now: number): boolean {
    const known = this.seen.get(ip);
    if (!known || now - known.since >= WINDOW_MS) {
      if (this.seen.size >= REMEMBERED) this.seen.clear();
      this.seen.set(ip, { since: now, times: 1 });
      return false;
    }
    return ++known.times > AT_MOST;
  }
}
