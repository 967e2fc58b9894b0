interface Timer {
  at: number;
  seq: number;
  run: (() => void) | undefined;
}

const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * The sandbox's clock: real time plus an offset, with timers in that time. Moving it forward fires what falls due on the
 * way, in order, each at its own instant, so a month can be lived in a moment.
 */
export class SandboxClock {
  private offset = 0;
  private frozenAt: number | undefined;
  private heap: Timer[] = [];
  private seq = 0;
  private alarm: NodeJS.Timeout | undefined;
  private alarmAt = Infinity;

  constructor(private readonly onError: (error: unknown) => void = () => {}) {}

  /** Milliseconds since the epoch, in sandbox time. */
  now(): number {
    return this.frozenAt ?? Date.now() + this.offset;
  }

  /** Runs `run` when the clock reaches `at` (epoch ms). Returns a function that calls it off. */
  at(at: number, run: () => void): () => void {
    const timer: Timer = { at, seq: this.seq++, run };
    this.push(timer);
    if (this.frozenAt === undefined && at < this.alarmAt) this.arm();
    return () => {
      timer.run = undefined;
    };
  }

  after(ms: number, run: () => void): () => void {
    return this.at(this.now() + ms, run);
  }

  /**
   * Moves the clock to `target` (epoch ms). Forward: timers due on the way fire in order. Backward: timers wait longer.
   * Returns how many fired.
   */
  moveTo(target: number): number {
    const fired = this.fireUntil(target);
    this.offset = target - Date.now();
    this.arm();
    return fired;
  }

  /** How many timers are waiting. */
  get waiting(): number {
    return this.heap.length;
  }

  /** Forgets all timers and returns to real time. */
  reset(): void {
    this.heap = [];
    this.offset = 0;
    this.arm();
  }

  stop(): void {
    clearTimeout(this.alarm);
    this.alarm = undefined;
    this.heap = [];
  }

  private fireUntil(target: number): number {
    let fired = 0;
    const start = this.now();
    try {
      for (let next = this.heap[0]; next && next.at <= target; next = this.heap[0]) {
        this.pop();
        if (!next.run) continue;
        this.frozenAt = Math.max(next.at, start);
        fired++;
        try {
          next.run();
        } catch (error) {
          this.onError(error);
        }
      }
    } finally {
      this.frozenAt = undefined;
    }
    return fired;
  }

  private arm(): void {
    clearTimeout(this.alarm);
    this.alarm = undefined;
    const next = this.heap[0];
    this.alarmAt = next ? next.at : Infinity;
    if (!next) return;
    const wait = Math.min(Math.max(0, next.at - this.now()), LONGEST_TIMEOUT);
    this.alarm = setTimeout(() => {
      this.fireUntil(this.now());
      this.arm();
    }, wait).unref();
  }

  private push(timer: Timer): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(timer);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = timer;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (!heap.length) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

const before = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.seq < b.seq);
