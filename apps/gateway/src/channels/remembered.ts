/**
 * Answers from memory for a short while; questions of the moment share one asking. What is not found is not remembered:
 * it may exist the next moment.
 */
export class Remembered<V> {
  private readonly known = new Map<string, { value: V; until: number }>();
  private readonly asking = new Map<string, Promise<V | undefined>>();

  /**
   * @param forMs how long an answer holds
   * @param keep  whether an answer may be remembered at all
   */
  constructor(
    private readonly forMs: number,
    private readonly keep: (value: V) => boolean = () => true,
    private readonly atMost = 10_000,
  ) {}

  async get(key: string, ask: () => Promise<V | null | undefined>): Promise<V | undefined> {
    const known = this.inMemory(key);
    if (known !== undefined) return known;
    const asked = this.asking.get(key);
    if (asked) return asked;
    const asking: Promise<V | undefined> = ask()
      .then((value) => {
        if (value === null || value === undefined) return undefined;
        if (this.asking.get(key) === asking) this.remember(key, value);
        return value;
      })
      .finally(() => {
        if (this.asking.get(key) === asking) this.asking.delete(key);
      });
    this.asking.set(key, asking);
    return asking;
  }

  /** What has just changed is asked for anew; an answer that is under way may be of before, and is not remembered. */
  forget(key: string): void {
    this.known.delete(key);
    this.asking.delete(key);
  }

  /** What is known without asking anybody. */
  inMemory(key: string): V | undefined {
    const known = this.known.get(key);
    return known && known.until > performance.now() ? known.value : undefined;
  }

  private remember(key: string, value: V): void {
    if (!this.keep(value)) {
      this.known.delete(key);
      return;
    }
    if (this.known.size >= this.atMost) this.known.clear();
    this.known.set(key, { value, until: performance.now() + this.forMs });
  }
}
