import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import type { StaffCaller } from '#libs/staff';
import type { Sum } from './limits.js';

/** What staff ask to book, as it is kept until somebody else has decided. */
export type AdjustmentRequest =
  | { readonly kind: 'transfer'; readonly amount: string; readonly reference: string }
  | {
      readonly kind: 'correction';
      readonly messageId: string;
      readonly unitPrice: string;
      readonly category?: string | undefined;
    }
  | { readonly kind: 'credit_note'; readonly invoiceId: string; readonly net?: string | undefined }
  | { readonly kind: 'true_up'; readonly metaWabaId: string; readonly month: string; readonly amount: string };

export interface Adjustment extends Sum {
  readonly tenantId: string;
  readonly adjustmentId: string;
  readonly kind: AdjustmentRequest['kind'];
  readonly request: AdjustmentRequest;
  readonly reason: string;
  readonly status: 'proposed' | 'approved' | 'rejected';
  readonly proposedBy: string;
  readonly proposer: string;
  readonly proposedAt: Date;
  readonly decider: string | null;
  readonly decidedAt: Date | null;
}

const COLUMNS = `tenant_id AS "tenantId", adjustment_id AS "adjustmentId", kind, request, amount::text, currency, reason, status,
  proposed_by AS "proposedBy", proposer, proposed_at AS "proposedAt", decider, decided_at AS "decidedAt"`;

/** The one writer of adjustments: proposed by one member of staff, approved by another, or rejected. */
@Injectable()
export class Adjustments {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal for what waits already */
  async propose(
    tx: Tx,
    tenantId: string,
    staff: StaffCaller,
    wish: { request: AdjustmentRequest; reason: string; sum: Sum },
  ): Promise<Adjustment> {
    const now = this.clock.now();
    const { request, reason, sum } = wish;
    const [row]: Adjustment[] = await tx.query(
      `INSERT INTO adjustments (tenant_id, adjustment_id, kind, request, amount, currency, reason, status, proposed_by, proposer,
                                proposed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9, $10) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [
        tenantId,
        newId(now),
        request.kind,
        JSON.stringify(request),
        sum.amount,
        sum.currency,
        reason,
        staff.staffId,
        staff.email,
        now,
      ],
    );
    if (!row) throw Refusal.conflict('The same waits already for another member of staff to decide on it.');
    return row;
  }

  /** @throws Refusal for what was decided before, by whomever */
  async decide(
    tx: Tx,
    { tenantId, adjustmentId }: Adjustment,
    status: 'approved' | 'rejected',
    staff: StaffCaller,
  ): Promise<Adjustment> {
    const [[row]]: [Adjustment[], number] = await tx.query(
      `UPDATE adjustments SET status = $3, decided_by = $4, decider = $5, decided_at = $6
        WHERE tenant_id = $1 AND adjustment_id = $2 AND status = 'proposed' RETURNING ${COLUMNS}`,
      [tenantId, adjustmentId, status, staff.staffId, staff.email, this.clock.now()],
    );
    if (!row) throw Refusal.conflict('This was decided before. Look at it again.');
    return row;
  }

  /** @throws Refusal for one that is not there */
  async mustFind(tenantId: string, adjustmentId: string): Promise<Adjustment> {
    const [row] = await this.db.inTenant(tenantId, (tx) => this.some(tx, tenantId, 'adjustment_id = $2', adjustmentId));
    if (!row) throw Refusal.notFound('adjustment');
    return row;
  }

  /** Of a tenant, the newest first. */
  list(tenantId: string, page: { before?: string | undefined; limit: number }): Promise<Adjustment[]> {
    return this.db.inTenant(tenantId, (tx) =>
      this.some(tx, tenantId, '($2::uuid IS NULL OR adjustment_id < $2)', page.before ?? null, page.limit),
    );
  }

  /** What waits to be decided, of all tenants, the oldest first. */
  async open(): Promise<Adjustment[]> {
    const waiting = await this.db.query<{ tenant_id: string; adjustment_id: string }>(
      'SELECT tenant_id, adjustment_id FROM door_open_adjustments()',
    );
    const found: Adjustment[] = [];
    for (const { tenant_id, adjustment_id } of waiting) found.push(await this.mustFind(tenant_id, adjustment_id));
    return found;
  }

  private some(tx: Tx, tenantId: string, where: string, value: string | null, limit = 1): Promise<Adjustment[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM adjustments WHERE tenant_id = $1 AND ${where} ORDER BY adjustment_id DESC LIMIT $3`,
      [tenantId, value, limit],
    );
  }
}
