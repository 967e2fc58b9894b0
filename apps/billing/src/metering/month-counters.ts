import type { Tx } from '#libs/persistence';
import type { Verdict, VolumeCategory } from '../rating/verdict.js';

interface CounterRow {
  month: string;
  kind: 'allowance' | 'volume' | 'included';
  subject: string;
  market: string;
  category: string;
  used: number;
}
const keyOf = (c: Omit<CounterRow, 'used'>): string => [c.month, c.kind, c.subject, c.market, c.category].join('\n');

/**
 * Counts of a tenant's months that prices hang on: the service allowance of each number and the volume of each
 * portfolio. Read and written within the transaction that charges, under the tenant's lock, so a message counts once.
 */
export class MonthCounters {
  private readonly rows = new Map<string, CounterRow>();
  private readonly changed = new Set<CounterRow>();

  private constructor(private readonly tenantId: string) {}

  /** @param months `YYYY-MM`, in the time zones of the WABAs */
  static async load(tx: Tx, tenantId: string, months: readonly string[]): Promise<MonthCounters> {
    const counters = new MonthCounters(tenantId);
    const rows: (CounterRow & { used: string })[] = await tx.query(
      `SELECT month, kind, subject, market, category, used FROM rating_counters
        WHERE tenant_id = $1 AND month = ANY($2::text[])`,
      [tenantId, months],
    );
    for (const row of rows) counters.rows.set(keyOf(row), { ...row, used: Number(row.used) });
    return counters;
  }

  allowanceUsed(month: string, phoneNumberId: string): number {
    return this.usedOf({ month, kind: 'allowance', subject: phoneNumberId, market: '', category: '' });
  }
  volumeUsed(month: string, portfolioId: string, market: string, category: VolumeCategory): number {
    return this.usedOf({ month, kind: 'volume', subject: portfolioId, market, category });
  }

  /** Meta announced a tier: the count is at least this much, and never lowered. */
  liftVolume(month: string, portfolioId: string, market: string, category: VolumeCategory, floor: number): void {
    const counter = { month, kind: 'volume', subject: portfolioId, market, category } as const;
    const short = floor - this.usedOf(counter);
    if (short > 0) this.add(short, counter);
  }

  /** Messages of a month that an included volume of a plan has covered. */
  includedUsed(month: string, plan: string, name: string): number {
    return this.usedOf(this.included(month, plan, name));
  }
  useIncluded(month: string, plan: string, name: string): void {
    this.add(1, this.included(month, plan, name));
  }

  /** Lets a verdict count. */
  apply(verdict: Verdict, parties: { phoneNumberId: string; portfolioId: string }): void {
    const { month, moves, quantity } = verdict;
    if (moves.allowance) {
      this.add(quantity, { month, kind: 'allowance', subject: parties.phoneNumberId, market: '', category: '' });
    }
    if (moves.volume && 'market' in verdict && verdict.market !== undefined) {
      const { market } = verdict;
      this.add(quantity, { month, kind: 'volume', subject: parties.portfolioId, market, category: moves.volume });
    }
  }

  async save(tx: Tx): Promise<void> {
    if (this.changed.size === 0) return;
    const rows = [...this.changed];
    await tx.query(
      `INSERT INTO rating_counters (tenant_id, month, kind, subject, market, category, used)
       SELECT $1::uuid, c.* FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::bigint[]) AS c
       ON CONFLICT (tenant_id, month, kind, subject, market, category) DO UPDATE SET used = excluded.used`,
      [
        this.tenantId,
        rows.map((r) => r.month),
        rows.map((r) => r.kind),
        rows.map((r) => r.subject),
        rows.map((r) => r.market),
        rows.map((r) => r.category),
        rows.map((r) => r.used),
      ],
    );
    this.changed.clear();
  }

  private included(month: string, plan: string, name: string): Omit<CounterRow, 'used'> {
    return { month, kind: 'included', subject: this.tenantId, market: plan, category: name };
  }

  private usedOf(counter: Omit<CounterRow, 'used'>): number {
    return this.rows.get(keyOf(counter))?.used ?? 0;
  }

  private add(quantity: number, counter: Omit<CounterRow, 'used'>): void {
    const key = keyOf(counter);
    const row = this.rows.get(key) ?? { ...counter, used: 0 };
    row.used += quantity;
    this.rows.set(key, row);
    this.changed.add(row);
  }
}
