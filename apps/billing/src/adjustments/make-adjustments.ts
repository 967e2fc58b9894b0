import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import type { StaffCaller } from '#libs/staff';
import { StaffAudit } from '../staff/staff-audit.js';
import { type Adjustment, type AdjustmentRequest, Adjustments } from './adjustments.js';
import { type AdjustmentKind, BookAdjustment, type Booked, type Of } from './book-adjustment.js';
import { isAsLarge, needsSecond, type Sum } from './limits.js';

/** Thrown within the transaction that would have booked it, so that nothing of it stays. */
class NeedsSecondError extends Error {
  constructor(readonly sum: Sum) {
    super('another member of staff has to approve this');
  }
}

/**
 * Adjustments of money by staff: booked at once up to the limit of `ADJUSTMENT_LIMITS`, and above it once a second member of
 * staff has approved them. What it comes to is known when it is booked, so that is when the limit is asked.
 */
@Injectable()
export class MakeAdjustments {
  private readonly limits = loadConfig(['ADJUSTMENT_LIMITS']).ADJUSTMENT_LIMITS;

  constructor(
    private readonly db: Database,
    private readonly adjustments: Adjustments,
    private readonly booking: BookAdjustment,
    private readonly audit: StaffAudit,
  ) {}

  /**
   * @returns what was booked; or what waits for somebody else, and nothing is booked
   * @throws Refusal for what could not be booked, whoever approved it, and for what waits already
   */
  async ask<K extends AdjustmentKind>(
    staff: StaffCaller,
    tenantId: string,
    request: Of<K>,
    reason: string,
  ): Promise<{ booked: Booked[K] } | { waits: Adjustment }> {
    try {
      const booked = await this.booking.book(tenantId, request, { staff, reason }, async (_, sum) => {
        if (needsSecond(this.limits, sum)) throw new NeedsSecondError(sum);
      });
      return { booked };
    } catch (error) {
      if (!(error instanceof NeedsSecondError)) throw error;
      return { waits: await this.propose(staff, tenantId, request, reason, error.sum) };
    }
  }

  /** Books what somebody else asked for. @throws Refusal for one's own, one that is decided, or one that comes to something else now */
  async approve(staff: StaffCaller, tenantId: string, adjustmentId: string, why: string): Promise<Adjustment> {
    const asked = await this.mustBeOpen(tenantId, adjustmentId);
    if (asked.proposedBy === staff.staffId) {
      throw Refusal.forbidden('Another member of staff has to approve what you asked for.');
    }
    const signed = { staff, reason: asked.reason, proposer: asked.proposer };
    await this.booking.book(tenantId, asked.request, signed, async (tx, sum) => {
      if (!isAsLarge(sum, asked)) {
        throw Refusal.conflict(
          `It comes to ${sum.amount} ${sum.currency} now, and was asked for as ${asked.amount} ${asked.currency}. Reject it, and ask anew.`,
        );
      }
      await this.adjustments.decide(tx, asked, 'approved', staff);
      await this.record(staff, asked, 'adjustment.approve', why, tx);
    });
    return this.adjustments.mustFind(tenantId, adjustmentId);
  }

  /** Books nothing. Who asked may take it back so. */
  async reject(staff: StaffCaller, tenantId: string, adjustmentId: string, why: string): Promise<Adjustment> {
    const asked = await this.mustBeOpen(tenantId, adjustmentId);
    return this.db.inTenant(tenantId, async (tx) => {
      const rejected = await this.adjustments.decide(tx, asked, 'rejected', staff);
      await this.record(staff, asked, 'adjustment.reject', why, tx);
      return rejected;
    });
  }

  private async mustBeOpen(tenantId: string, adjustmentId: string): Promise<Adjustment> {
    const asked = await this.adjustments.mustFind(tenantId, adjustmentId);
    if (asked.status !== 'proposed') throw Refusal.conflict(`${asked.decider} has ${asked.status} this before.`);
    return asked;
  }

  private propose(
    staff: StaffCaller,
    tenantId: string,
    request: AdjustmentRequest,
    reason: string,
    sum: Sum,
  ): Promise<Adjustment> {
    return this.db.inTenant(tenantId, async (tx) => {
      const asked = await this.adjustments.propose(tx, tenantId, staff, { request, reason, sum });
      await this.record(staff, asked, 'adjustment.propose', reason, tx);
      return asked;
    });
  }

  private record(
    staff: StaffCaller,
    { tenantId, adjustmentId, request, amount, currency, proposer }: Adjustment,
    action: string,
    reason: string,
    tx: Parameters<StaffAudit['record']>[2],
  ): Promise<void> {
    const after = { ...request, amount, currency, proposed_by: proposer };
    return this.audit.record(staff, { action, object: `adjustment:${adjustmentId}`, tenantId, after, reason }, tx);
  }
}
