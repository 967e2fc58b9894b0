import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { letGo } from '#libs/outbox';
import { Database, type Tx } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { capOf, type Hold, holdAt, ladderAt, parseLimit } from '#libs/tier-quota';
import { holdOf, type Portfolio, Wabas } from '#libs/wabas';
import { requireHoldEnd } from './hold-end.js';

export interface HeldLimitView {
  portfolio_id: string;
  /** Meta's word. */
  messaging_limit: string;
  hold: { customers: number; until: Date } | null;
}

/** Holds a messaging limit below what Meta allows for a while, and ends that before its time. */
@Injectable()
export class HoldLimit {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws Refusal 404 where the tenant has no such portfolio; 409 for a hold that is not below Meta's word; 400 for one that
   *   ends in the past, or in more than a year
   */
  async hold(input: {
    tenantId: string;
    portfolioId: string;
    hold: Hold;
    reason: string;
    staff: StaffCaller;
  }): Promise<HeldLimitView> {
    const { tenantId, portfolioId, hold, reason, staff } = input;
    const now = this.clock.now();
    requireHoldEnd(hold.until, now);
    return this.db.inTenant(tenantId, async (tx) => {
      const portfolio = await this.portfolio(tx, tenantId, portfolioId);
      if (hold.customers >= capOfMeta(portfolio, now)) {
        throw Refusal.conflict(
          `Meta allows ${portfolio.messagingLimit}: a limit can only be held below that. Meta alone raises it.`,
        );
      }
      return this.change(tx, portfolio, hold, { action: 'limit.hold', reason, staff });
    });
  }

  /** What waits for room is looked at again. @throws Refusal 404 as `hold`; 409 where nothing is held */
  async end(input: {
    tenantId: string;
    portfolioId: string;
    reason: string;
    staff: StaffCaller;
  }): Promise<HeldLimitView> {
    const { tenantId, portfolioId, reason, staff } = input;
    const now = this.clock.now();
    return this.db.inTenant(tenantId, async (tx) => {
      const portfolio = await this.portfolio(tx, tenantId, portfolioId);
      if (!holdAt(holdOf(portfolio), now)) throw Refusal.conflict('This limit is not held.');
      await letGo(tx, tenantId, now);
      return this.change(tx, portfolio, undefined, { action: 'limit.hold.end', reason, staff });
    });
  }

  private async portfolio(tx: Tx, tenantId: string, portfolioId: string): Promise<Portfolio> {
    const portfolio = await this.wabas.portfolio(tx, tenantId, portfolioId);
    if (!portfolio) throw Refusal.notFound('portfolio');
    return portfolio;
  }

  private async change(
    tx: Tx,
    portfolio: Portfolio,
    hold: Hold | undefined,
    { action, reason, staff }: { action: string; reason: string; staff: StaffCaller },
  ): Promise<HeldLimitView> {
    const { tenantId, portfolioId, messagingLimit } = portfolio;
    const before = holdAt(holdOf(portfolio), this.clock.now()) ?? null;
    await this.wabas.holdLimit(tx, portfolio, hold);
    await this.audit.record(tx, {
      ...auditOf(staff, reason),
      action,
      object: `portfolio:${portfolioId}`,
      tenantId,
      before: { hold: before },
      after: { hold: hold ?? null },
    });
    return { portfolio_id: portfolioId, messaging_limit: messagingLimit, hold: hold ? { ...hold } : null };
  }
}

/** What cannot be read counts as the lowest, as where it is sent by. */
function capOfMeta({ messagingLimit }: Portfolio, now: Date): number {
  const read = parseLimit(messagingLimit);
  return capOf(read.kind === 'unreadable' ? { kind: 'not_set' } : read, ladderAt(now.toISOString().slice(0, 10)));
}
