import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import type { InvoiceTotals } from './invoice-document.js';

/** What a month will be invoiced at in one currency, as it stood when the draft was last looked at. */
export type DraftSum = Pick<InvoiceTotals, 'net' | 'tax' | 'total'> & { readonly currency: string };

/** A month that is over and awaits its invoices. */
export interface MonthDraft {
  readonly tenantId: string;
  readonly month: string;
  readonly sums: readonly DraftSum[];
  /** Why it cannot be issued yet; null: it can. */
  readonly waitsFor: string | null;
  /** Live numbers when it was made; null of drafts that were made before this was kept. */
  readonly numbers: number | null;
  readonly madeAt: Date;
  readonly seenAt: Date;
  readonly issuedAt: Date | null;
}

const COLUMNS = `tenant_id AS "tenantId", month, sums, waits_for AS "waitsFor", numbers, made_at AS "madeAt", seen_at AS "seenAt",
  issued_at AS "issuedAt"`;

/** The one writer of drafts. A tenant has one of each month, however many workers look at the month. */
@Injectable()
export class InvoiceDrafts {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Keeps what a month comes to now; an issued one stays as it is.
   * @param seen `numbers`: of a draft that is made by this call; one that is there keeps its own
   * @returns whether this call made the draft, and not an earlier one
   */
  async keep(
    tx: Tx,
    tenantId: string,
    month: string,
    seen: { sums: readonly DraftSum[]; waitsFor: string | null; numbers: number },
  ): Promise<boolean> {
    const rows: { made: boolean }[] = await tx.query(
      `INSERT INTO invoice_drafts AS d (tenant_id, month, sums, waits_for, numbers, made_at, seen_at)
       VALUES ($1, $2, $3, $4, $6, $5, $5)
       ON CONFLICT (tenant_id, month) DO UPDATE SET sums = excluded.sums, waits_for = excluded.waits_for,
         seen_at = excluded.seen_at WHERE d.issued_at IS NULL
       RETURNING xmax = 0 AS made`,
      [tenantId, month, JSON.stringify(seen.sums), seen.waitsFor, this.clock.now(), seen.numbers],
    );
    return rows[0]?.made ?? false;
  }

  async find(tx: Tx, tenantId: string, month: string): Promise<MonthDraft | undefined> {
    const [row]: MonthDraft[] = await tx.query(
      `SELECT ${COLUMNS} FROM invoice_drafts WHERE tenant_id = $1 AND month = $2`,
      [tenantId, month],
    );
    return row;
  }

  /** Its invoices were issued, in this transaction; a month that was issued before it had a draft has none. */
  async issued(tx: Tx, tenantId: string, month: string): Promise<void> {
    await tx.query(
      'UPDATE invoice_drafts SET issued_at = $3, waits_for = NULL WHERE tenant_id = $1 AND month = $2 AND issued_at IS NULL',
      [tenantId, month, this.clock.now()],
    );
  }

  /** Drafts of a month of all tenants, in the order of their ids. */
  ofMonth(month: string, page: { after?: string | undefined; limit: number }): Promise<MonthDraft[]> {
    return this.db.query<MonthDraft>(`SELECT ${COLUMNS} FROM door_invoice_drafts($1, $2, $3)`, [
      month,
      page.after ?? null,
      page.limit,
    ]);
  }
}
