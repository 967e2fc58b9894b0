import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';

/** A month that is closed. */
export interface ClosedPeriod {
  readonly month: string;
  readonly closedBy: string;
  readonly closedAt: Date;
}

/** The month after `YYYY-MM`. */
export function monthAfter(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 12
    ? `${String(year + 1).padStart(4, '0')}-01`
    : `${month.slice(0, 5)}${String(number + 1).padStart(2, '0')}`;
}

/**
 * The day that something counts for which happened on `day`: that day, or the first of the first open month.
 * @param closedThrough the last closed month `YYYY-MM`, if any
 */
export function bookingDay(day: string, closedThrough: string | undefined): string {
  return closedThrough !== undefined && day.slice(0, 7) <= closedThrough ? `${monthAfter(closedThrough)}-01` : day;
}

/**
 * The one writer of closed months. A closed month takes no entry and no charge any more: the database refuses it, so what
 * was printed of it can be printed again.
 */
@Injectable()
export class Periods {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** The last closed month of a tenant's books; all before it are closed, too. */
  async closedThrough(tx: Tx, tenantId: string): Promise<string | undefined> {
    const [row]: { month: string | null }[] = await tx.query(
      'SELECT max(month) AS month FROM ledger_periods WHERE tenant_id = $1',
      [tenantId],
    );
    return row?.month ?? undefined;
  }

  /**
   * Closes a month, and with it all before it. Waits for whoever is booking, and nobody books meanwhile. A month that is
   * closed stays as it is.
   */
  async close(tx: Tx, tenantId: string, month: string, by: string): Promise<void> {
    await this.holdBooks(tx, tenantId);
    const through = await this.closedThrough(tx, tenantId);
    if (through !== undefined && month <= through) return;
    await tx.query(
      `INSERT INTO ledger_periods (tenant_id, month, closed_by, closed_at)
       SELECT $1, to_char(m, 'YYYY-MM'), $4, $5
         FROM generate_series(coalesce(($3 || '-01')::date + interval '1 month', ($2 || '-01')::date), ($2 || '-01')::date,
                              interval '1 month') AS m`,
      [tenantId, month, through ?? null, by, this.clock.now()],
    );
  }

  /** Keeps everybody else from booking for a tenant until the transaction ends. */
  async holdBooks(tx: Tx, tenantId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('books:' || $1, 0))`, [tenantId]);
  }

  /** Closed months, the newest first. */
  async list(tx: Tx, tenantId: string): Promise<ClosedPeriod[]> {
    return tx.query(
      `SELECT month, closed_by AS "closedBy", closed_at AS "closedAt" FROM ledger_periods
        WHERE tenant_id = $1 ORDER BY month DESC`,
      [tenantId],
    );
  }
}
