import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { type Closing, Closings, ExportLinks, exportUrl } from '#libs/closing';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { letGo } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { Tenants } from '#libs/tenants';
import { TellTenant } from '../tenants/tell-tenant.js';
import { type ClosingPreview, previewClosing } from './preview-closing.js';

const DAY_MS = 86_400_000;

/** Begins to close a tenant, undoes it while that is possible, and gives out what the tenant takes along. */
@Injectable()
export class CloseTenant {
  private readonly config = loadConfig(['CLOSING_GRACE_DAYS', 'GATEWAY_PUBLIC_URL']);

  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly closings: Closings,
    private readonly links: ExportLinks,
    private readonly tell: TellTenant,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Says what would become of what, and does nothing. @throws Refusal 404 for an unknown tenant */
  async preview(tenantId: string): Promise<ClosingPreview & { closes_at: Date }> {
    return this.db.asStaff(async (tx) => {
      if (!(await this.tenants.find(tx, tenantId))) throw Refusal.notFound('tenant');
      return { closes_at: this.closesAt(), ...(await previewClosing(tx, tenantId)) };
    });
  }

  /**
   * From now on the tenant reads and exports, and nothing else; when the grace is over it leaves Meta and is erased.
   *
   * @throws Refusal 404 for an unknown tenant; 409 for one that is closing or closed already
   */
  async begin(tenantId: string, reason: string, staff: StaffCaller): Promise<Closing> {
    const closesAt = this.closesAt();
    return this.db.inTenant(tenantId, async (tx) => {
      const stood = await this.tenants.beginClosing(tx, tenantId, closesAt);
      if (!stood) throw Refusal.notFound('tenant');
      if (stood === 'closing' || stood === 'closed') throw Refusal.conflict(`The tenant is ${stood} already.`);
      const closing = await this.closings.begin(tx, tenantId, { stood, askedBy: `staff:${staff.email}`, closesAt });
      await this.tell.inWords(tx, tenantId, 'account_closing', { closing: true, closes_at: closesAt });
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'tenant.close',
        object: `tenant:${tenantId}`,
        tenantId,
        before: { status: stood },
        after: { status: 'closing', closes_at: closesAt },
      });
      return closing;
    });
  }

  /**
   * The tenant stands again as it stood, and what waited goes out.
   *
   * @throws Refusal 409 for one that is not closing, or whose grace is over
   */
  async undo(tenantId: string, reason: string, staff: StaffCaller): Promise<Closing> {
    return this.db.inTenant(tenantId, async (tx) => {
      const undone = await this.closings.undo(tx, tenantId);
      if (!undone) throw Refusal.conflict('The tenant is not closing, or its grace is over.');
      await this.tenants.reopen(tx, tenantId, undone.stood);
      await letGo(tx, tenantId, this.clock.now());
      await this.tell.inWords(tx, tenantId, 'account_closing', { closing: false });
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'tenant.close.undo',
        object: `tenant:${tenantId}`,
        tenantId,
        before: { status: 'closing' },
        after: { status: undone.stood },
      });
      return undone;
    });
  }

  /** @returns a link with which everything of the tenant is fetched. @throws Refusal 404, and 409 for one that is erased */
  async export(tenantId: string, reason: string, staff: StaffCaller): Promise<{ url: string; expires_at: Date }> {
    return this.db.inTenant(tenantId, async (tx) => {
      const tenant = await this.tenants.find(tx, tenantId);
      if (!tenant) throw Refusal.notFound('tenant');
      if (tenant.status === 'closed') throw Refusal.conflict('The tenant is closed; what it had is erased.');
      const { ticket, expiresAt } = this.links.make(tenantId);
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'tenant.export',
        object: `tenant:${tenantId}`,
        tenantId,
      });
      return { url: exportUrl(this.config.GATEWAY_PUBLIC_URL, ticket), expires_at: expiresAt };
    });
  }

  private closesAt(): Date {
    return new Date(this.clock.now().getTime() + this.config.CLOSING_GRACE_DAYS * DAY_MS);
  }
}
