import type { Lab } from './lab.js';

const LOOK_EVERY_MS = 250;

/** Measures the longest time in which messages waited to be sent and none reached Meta. */
export class StallWatch {
  private worst = 0;
  private running = true;
  private readonly done: Promise<void>;

  constructor(private readonly lab: Lab) {
    this.done = this.watch();
  }

  /** @returns the worst stall in ms, as exact as it is looked at: to a quarter of a second */
  async stop(): Promise<number> {
    this.running = false;
    await this.done;
    return Math.round(this.worst);
  }

  private async watch(): Promise<void> {
    let movedAt = performance.now();
    let atMeta = -1;
    while (this.running) {
      const { total } = await this.lab.sandbox<{ total: number }>('messages?limit=1');
      // While the database is away nobody can say what waits: something does, since merchants go on.
      const waiting = (
        await this.lab.look<{ n: number }>(
          `SELECT count(*)::int AS n FROM messages WHERE status = 'sending' OR (status = 'accepted' AND attempts = 0)`,
        )
      )?.n;
      const now = performance.now();
      if (total !== atMeta || waiting === 0) movedAt = now;
      this.worst = Math.max(this.worst, now - movedAt);
      atMeta = total;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
