import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { letGo } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { type SuspensionLevel, type TenantStatus, Tenants } from '#libs/tenants';
import { TellTenant } from './tell-tenant.js';

/** Switches marketing, sending or everything of a tenant off, or everything on again. */
@Injectable()
export class SuspendTenant {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly tell: TellTenant,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Changes what is off, lets go what waited because of it, tells the tenant, and writes down who did and why, in one
   * transaction. What waits and stays off is held by the gateway.
   *
   * @param input `level` null: nothing is to be off
   * @throws Refusal 404 for an unknown tenant; 409 for one of whom just this is off already, or that is closing or closed
   */
  async run(input: {
    tenantId: string;
    level: SuspensionLevel | null;
    reason: string;
    staff: StaffCaller;
  }): Promise<{ id: string; status: TenantStatus; off: SuspensionLevel | null }> {
    const { tenantId, level, reason, staff } = input;
    return this.db.inTenant(tenantId, async (tx) => {
      const outcome = await this.tenants.suspend(tx, tenantId, level);
      if (!outcome) throw Refusal.notFound('tenant');
      if (!outcome.moved) throw Refusal.conflict(cannot(outcome, level));
      // Also when less is off than before; the gateway holds again what must wait.
      if (outcome.before !== null) await letGo(tx, tenantId, this.clock.now());
      await this.tell.inWords(tx, tenantId, 'account_suspension', { off: level });
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: level === null ? 'tenant.resume' : 'tenant.suspend',
        object: `tenant:${tenantId}`,
        tenantId,
        before: { off: outcome.before },
        after: { off: level },
      });
      return { id: tenantId, status: outcome.status, off: level };
    });
  }
}

function cannot({ status, before }: { status: TenantStatus; before: SuspensionLevel | null }, level: unknown): string {
  if (status === 'closed' || status === 'closing') return `The tenant is ${status}.`;
  return level === null ? 'Nothing of the tenant is off.' : `Of the tenant just this is off already: ${before}.`;
}
