import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { type TenantStatus, Tenants } from '#libs/tenants';

const ACTIONS = { suspended: 'tenant.suspend', active: 'tenant.resume' } as const;

/** Stops a tenant's sending, or lets it go on. */
@Injectable()
export class SuspendTenant {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Moves the tenant and writes down who did and why, in one transaction.
   *
   * @throws Refusal 404 for an unknown tenant; 409 for one that is there already or is closed
   */
  async run(input: {
    tenantId: string;
    to: 'suspended' | 'active';
    reason: string;
    staff: StaffCaller;
  }): Promise<{ id: string; status: TenantStatus }> {
    const { to, reason, staff } = input;
    const tenantId = input.tenantId.toLowerCase();
    await this.db.inTenant(tenantId, async (tx) => {
      const outcome = await this.tenants.setStatus(tx, tenantId, to);
      if (!outcome) throw Refusal.notFound('tenant');
      if (!outcome.moved) throw Refusal.conflict(`The tenant is ${outcome.before} and cannot become ${to}.`);
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: ACTIONS[to],
        object: `tenant:${tenantId}`,
        tenantId,
        before: { status: outcome.before },
        after: { status: to },
      });
    });
    return { id: tenantId, status: to };
  }
}
