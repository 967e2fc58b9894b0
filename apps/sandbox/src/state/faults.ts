export const FAULT_MODES = [
  'error', // answered with an error, nothing done
  'drop', // connection cut, nothing done
  'drop_after_accept', // done, then the connection cut before the answer
  'delay', // done later
  'failed_status', // a send is accepted, then reported failed with `code`
  'undelivered', // a send is accepted and reported sent, then nothing more comes
] as const;
export type FaultMode = (typeof FAULT_MODES)[number];

export interface Fault {
  id: string;
  path?: string;
  /** Recipient of a message, digits only. */
  to?: string;
  mode: FaultMode;
  http_status?: number;
  code?: number;
  subcode?: number;
  delay_ms?: number;
  /** Seconds in the header `Retry-After` of an error. */
  retry_after?: number;
  /** How many more calls it strikes. */
  count: number;
}

const WHILE_ANSWERING: ReadonlySet<FaultMode> = new Set(['error', 'drop', 'drop_after_accept', 'delay']);

/** Faults that wait for a call to strike; the first that matches is taken. */
export class Faults {
  private waiting: Fault[] = [];
  private next = 1;

  add(fault: Omit<Fault, 'id' | 'count'> & { count?: number }): Fault {
    const added: Fault = { ...fault, id: String(this.next++), count: fault.count ?? 1 };
    this.waiting.push(added);
    return added;
  }

  list(): readonly Fault[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting = [];
  }

  /** Takes the fault that strikes the answer to this call, if any, and counts it down. */
  strikeCall(path: string, to: string | undefined): Fault | undefined {
    if (!this.waiting.length) return undefined;
    return this.take((fault) => WHILE_ANSWERING.has(fault.mode), path, to);
  }

  /** Takes the fault that strikes the fate of an accepted message, if any. */
  strikeMessage(path: string, to: string): Fault | undefined {
    if (!this.waiting.length) return undefined;
    return this.take((fault) => !WHILE_ANSWERING.has(fault.mode), path, to);
  }

  private take(kind: (fault: Fault) => boolean, path: string, to: string | undefined): Fault | undefined {
    const hit = this.waiting.find(
      (fault) =>
        kind(fault) &&
        (fault.path === undefined || path.includes(fault.path)) &&
        (fault.to === undefined || fault.to === to),
    );
    if (!hit) return undefined;
    if (--hit.count <= 0) this.waiting = this.waiting.filter((fault) => fault !== hit);
    return { ...hit };
  }
}
