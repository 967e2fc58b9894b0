import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { formsOf } from '#libs/phone-numbers';
import { CustomerMarks, type Erasure, Erasures, type KnownCustomer, Retentions } from '#libs/privacy';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { Tenants } from '#libs/tenants';
import { exportCustomer } from './export-customer.js';
import { filesOf } from './files-of-customer.js';
import { knowCustomer } from './know-customer.js';
import { undivided } from './needles.js';
import type { CustomerExportResponse } from './privacy.response.js';

const onlyKnownAs = (customer: string): KnownCustomer => ({ identifiers: [customer], names: [], contactIds: [] });

/** What a customer may ask of the provider, done by staff and written down without saying who the customer is. */
@Injectable()
export class CustomerRights {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly erasures: Erasures,
    private readonly marks: CustomerMarks,
    private readonly retentions: Retentions,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Asks for a customer to be forgotten; the worker does it.
   *
   * @param customer digits of a number, or a business-scoped user id
   * @throws Refusal 404 for an unknown tenant; 400 when the reason names the customer, since the audit log is never changed
   */
  async forget(tenantId: string, customer: string, reason: string, staff: StaffCaller): Promise<Erasure> {
    refuseNaming(reason, customer);
    await this.mustExist(tenantId);
    return this.erasures.ask(tenantId, [customer], `staff:${staff.email}`, (tx, id) =>
      this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'customer.forget',
        object: `erasure:${id}`,
        tenantId,
      }),
    );
  }

  /** @throws Refusal as `forget` */
  async export(
    tenantId: string,
    customer: string,
    reason: string,
    staff: StaffCaller,
  ): Promise<CustomerExportResponse> {
    refuseNaming(reason, customer);
    await this.mustExist(tenantId);
    const mark = await this.marks.of(tenantId, customer);
    return this.db.inTenant(tenantId, async (tx) => {
      const known = await knowCustomer(tx, tenantId, onlyKnownAs(customer));
      const exported = {
        customer_mark: mark,
        identifiers: known.identifiers,
        names: known.names,
        files: await filesOf(tx, tenantId, known),
        ...(await exportCustomer(tx, tenantId, known, this.clock.now())),
      };
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'customer.export',
        object: `customer:${mark}`,
        tenantId,
      });
      return exported;
    });
  }

  /** @param bodyDays null: for good. @throws Refusal 404 for an unknown tenant */
  async keepBodies(
    tenantId: string,
    bodyDays: number | null,
    reason: string,
    staff: StaffCaller,
  ): Promise<{ body_days: number | null }> {
    await this.mustExist(tenantId);
    return this.db.inTenant(tenantId, async (tx: Tx) => {
      const before = await this.retentions.of(tx, tenantId);
      await this.retentions.set(tx, tenantId, bodyDays);
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'tenant.retention',
        object: `tenant:${tenantId}`,
        tenantId,
        before: { body_days: before },
        after: { body_days: bodyDays },
      });
      return { body_days: bodyDays };
    });
  }

  private async mustExist(tenantId: string): Promise<void> {
    if (!(await this.db.inTenant(tenantId, (tx) => this.tenants.find(tx, tenantId)))) throw Refusal.notFound('tenant');
  }
}

function refuseNaming(reason: string, customer: string): void {
  const written = undivided(reason);
  if (formsOf(customer).some((form) => written.includes(undivided(form)))) {
    throw new Refusal(
      400,
      'reason_names_customer',
      'Say why without naming the customer: the audit log keeps the reason for good. Name a ticket instead.',
    );
  }
}
