import { Fifo } from './fifo.js';

export interface LoggedCall {
  seq: number;
  /** Sandbox time, epoch ms. */
  at: number;
  method: string;
  /** Without version prefix and query. */
  path: string;
  version?: string;
  query: Record<string, unknown>;
  body: unknown;
  /** HTTP status answered; absent while under way, and 0 where the connection was dropped. */
  status?: number;
  /** Graph error code of a refusal. */
  error_code?: number;
  fault?: string;
}

/** The last calls received, indexed by path so that looking at one number's calls costs what that number made. */
export class CallLog {
  private readonly all = new Fifo<LoggedCall>();
  private readonly byPath = new Map<string, Fifo<LoggedCall>>();
  private seq = 0;

  constructor(private readonly capacity = 200_000) {}

  add(call: Omit<LoggedCall, 'seq'>): LoggedCall {
    const logged = call as LoggedCall;
    logged.seq = ++this.seq;
    this.all.push(logged);
    let same = this.byPath.get(logged.path);
    if (!same) {
      same = new Fifo();
      this.byPath.set(logged.path, same);
    }
    same.push(logged);
    if (this.all.length > this.capacity) this.forgetOldest();
    return logged;
  }

  /**
   * Calls whose path contains `path`, received at or after `since` (epoch ms), with a sequence number above `after`,
   * oldest first, at most `limit`; `total` counts all that match.
   */
  find(query: { path?: string; since?: number; after?: number; limit?: number }): {
    calls: LoggedCall[];
    total: number;
  } {
    let found: LoggedCall[];
    if (query.path) {
      found = [];
      for (const [path, calls] of this.byPath) if (path.includes(query.path)) found.push(...calls.toArray());
      found.sort((a, b) => a.seq - b.seq);
    } else found = this.all.toArray();
    const { since, after } = query;
    if (since !== undefined) found = found.filter((call) => call.at >= since);
    if (after !== undefined) found = found.filter((call) => call.seq > after);
    return { calls: found.slice(0, query.limit ?? found.length), total: found.length };
  }

  private forgetOldest(): void {
    const oldest = this.all.shift()!;
    const same = this.byPath.get(oldest.path)!;
    same.shift();
    if (!same.length) this.byPath.delete(oldest.path);
  }
}
