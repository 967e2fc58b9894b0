import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, may, type StaffCaller } from '#libs/staff';
import { SupportAccesses, Tenants } from '#libs/tenants';
import { TellTenant } from '../tenants/tell-tenant.js';

export interface GrantedAccess {
  id: string;
  /** For `Authorization: Bearer` on the tenant's APIs; shown this once. */
  token: string;
  expires_at: Date;
}

/** Lets a member of staff look into a tenant for a while; the tenant is told, with the reason. */
@Injectable()
export class GrantAccess {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly accesses: SupportAccesses,
    private readonly tell: TellTenant,
    private readonly audit: AuditLog,
  ) {}

  /** @throws Refusal 403 for more than the role may grant itself; 404 for an unknown tenant; 409 for a closed one */
  async grant(
    tenantId: string,
    asked: { reason: string; minutes: number; writes: boolean; bodies: boolean },
    staff: StaffCaller,
  ): Promise<GrantedAccess> {
    const { reason, minutes, writes, bodies } = asked;
    if ((writes || bodies) && !may(staff.role, 'support.more')) {
      throw Refusal.forbidden(`writes and bodies need the permission support.more, which ${staff.role} does not have.`);
    }
    return this.db.inTenant(tenantId, async (tx) => {
      const tenant = await this.tenants.find(tx, tenantId);
      if (!tenant) throw Refusal.notFound('tenant');
      if (tenant.status === 'closed') throw Refusal.conflict('The tenant is closed.');
      const { accessId, token, expiresAt } = await this.accesses.grant(tx, tenantId, {
        who: staff.email,
        reason,
        writes,
        bodies,
        livesMs: minutes * 60_000,
      });
      const shown = { access: accessId, who: staff.email, reason, writes, bodies, until: expiresAt.toISOString() };
      await this.tell.inWords(tx, tenantId, 'support_access', shown);
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'support.grant',
        object: `support-access:${accessId}`,
        tenantId,
        after: { writes, bodies, until: expiresAt.toISOString() },
      });
      return { id: accessId, token, expires_at: expiresAt };
    });
  }

  /** @throws Refusal 404 when there is no such access that is still good */
  async end(tenantId: string, accessId: string, staff: StaffCaller): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.accesses.end(tx, tenantId, accessId, `staff:${staff.email}`))) throw Refusal.notFound('access');
      await this.audit.record(tx, {
        ...auditOf(staff, 'not needed any more'),
        action: 'support.end',
        object: `support-access:${accessId}`,
        tenantId,
      });
    });
  }
}
