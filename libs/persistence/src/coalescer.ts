/** One item of a batch and how its caller learns what became of it. */
interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

export interface CoalescerLimits {
  /** Items of the largest batch. */
  batch: number;
  /** Statements in flight at once: with one, batches are as large as they get, and that is what saves (docs/performance.md). */
  inFlight: number;
  /**
   * How long the first item of a batch waits for others, also behind a batch that was just stored; 0 by default. For work
   * that nobody waits for.
   */
  lingerMs?: number;
}

/**
 * Group commit: items that arrive while a statement is in flight share the next one, so batches grow with load and an
 * idle system waits for nothing but what came in the same turn of the event loop: else the first of those would have a
 * statement of its own. A batch succeeds or fails as one, except that a failed batch of several is tried again
 * item by item, so one bad row cannot refuse its neighbours.
 */
export class Coalescer<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private inFlight = 0;
  private lingering: NodeJS.Timeout | undefined;
  private turning: NodeJS.Immediate | undefined;
  private hurried = false;

  /**
   * @param write  stores a batch; resolves to one result for each item, in the order of the items
   */
  constructor(
    private readonly write: (items: Item[]) => Promise<Result[]>,
    private readonly limits: CoalescerLimits = { batch: 500, inFlight: 1 },
  ) {}

  /** Resolves when the item is committed. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.drainSoon();
    });
  }

  /** Nothing more will come: what waits for others waits no longer. */
  hurry(): void {
    this.hurried = true;
    this.drain();
  }

  private drainSoon(): void {
    const { batch, lingerMs } = this.limits;
    if (this.hurried || this.waiting.length >= batch) this.drain();
    else if (this.waiting.length === 0) return;
    else if (lingerMs) this.lingering ??= setTimeout(() => this.drain(), lingerMs);
    else if (this.inFlight < this.limits.inFlight) this.turning ??= setImmediate(() => this.drain());
  }

  private drain(): void {
    clearTimeout(this.lingering);
    clearImmediate(this.turning);
    this.lingering = undefined;
    this.turning = undefined;
    while (this.inFlight < this.limits.inFlight && this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.limits.batch);
      this.inFlight++;
      void this.store(batch).finally(() => {
        this.inFlight--;
        this.drainSoon();
      });
    }
  }

  private async store(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map((w) => w.item));
      batch.forEach((w, i) => {
        w.resolve(results[i] as Result);
      });
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const one of batch) await this.store([one]);
    }
  }
}
