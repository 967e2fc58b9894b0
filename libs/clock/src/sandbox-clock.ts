import type { Clock } from './clock.js';

/**
 * Follows the clock of the sandbox, so that a month can be lived in a minute: asks it for its time at short intervals
 * and keeps the offset to the system's clock. Never used in production.
 */
export class SandboxClock implements Clock {
  private offset = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sandboxUrl: string,
    private readonly everyMs = 250,
  ) {}

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  /** Reads the sandbox's time once; while the sandbox does not answer, the last offset holds. */
  async follow(): Promise<void> {
    try {
      const asked = Date.now();
      const answer = await fetch(`${this.sandboxUrl}/_sandbox/clock`, { signal: AbortSignal.timeout(2_000) });
      const { now } = (await answer.json()) as { now: string };
      const roundTrip = Date.now() - asked;
      const offset = new Date(now).getTime() + roundTrip / 2 - Date.now();
      // Below the round trip the difference is noise, and a clock that jitters would reorder ids.
      if (Math.abs(offset - this.offset) > Math.max(50, roundTrip))
        this.offset = Math.abs(offset) < 50 ? 0 : Math.round(offset);
    } catch {
      // The sandbox is away; time goes on as it did.
    }
  }

  async start(): Promise<this> {
    await this.follow();
    this.timer = setInterval(() => void this.follow(), this.everyMs);
    this.timer.unref();
    return this;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
