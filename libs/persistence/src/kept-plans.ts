import pg from 'pg';
import { arrayLiteral } from './array-literal.js';

/**
 * So long a connection keeps a plan, in ms. One that was made when a table was all but empty is wrong for a full one, and
 * PostgreSQL may take minutes to count again; planning the hot statements anew so rarely costs nothing that could be seen.
 */
const KEPT_MS = 10_000;

/** The names under which statements are prepared, by their text; alike on every connection of the process. */
const names = new Map<string, string>();

/**
 * Marks a statement of a hot path: in a transaction that keeps plans (`Database.inTenant`) a connection has it read and
 * rewritten once, and planned every few seconds, and not each time (docs/performance.md). In any other transaction it is as
 * every other.
 *
 * Such a plan knows no values. So the text must say by itself how few rows are wanted: `LIMIT` with a number at least in a
 * query inside, and lists of ids also as `id = ANY ($n)` between the smallest and the largest (`spanOf`), by which months
 * that hold none of them are passed over.
 *
 * @param sql one of few texts: each is kept on each connection
 * @returns the same text
 */
export function kept(sql: string): string {
  if (!names.has(sql)) names.set(sql, `kept_${names.size + 1}`);
  return sql;
}

/**
 * A connection that prepares statements under the names that `kept` gave them, while a transaction asks for it, and writes
 * lists out itself.
 */
export class KeepingClient extends pg.Client {
  keepsPlans = false;
  private plannedAt = performance.now();

  /** Whether the plans have been kept for long enough; the caller drops them then. */
  arePlansOld(): boolean {
    const now = performance.now();
    if (now - this.plannedAt < KEPT_MS) return false;
    this.plannedAt = now;
    return true;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the many forms in which `pg` takes a statement
  override query(...given: any[]): any {
    const [text, values] = given;
    if (Array.isArray(values)) given[1] = values.map((v) => (Array.isArray(v) ? (arrayLiteral(v) ?? v) : v));
    const name = this.keepsPlans && typeof text === 'string' && Array.isArray(values) ? names.get(text) : undefined;
    if (name !== undefined) given[0] = { name, text };
    return (super.query as (...all: unknown[]) => unknown)(...given);
  }
}
