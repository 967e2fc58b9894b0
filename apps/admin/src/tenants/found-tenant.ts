import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { People, Tenants } from '#libs/tenants';

/** Founds a tenant for a merchant who did not sign up, and invites its owner. */
@Injectable()
export class FoundTenant {
  private readonly onboarding = loadConfig(['ONBOARDING_PUBLIC_URL']).ONBOARDING_PUBLIC_URL;

  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly people: People,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns the tenant, and the link with which its owner joins; the link is shown this once
   * @throws Refusal 409 when somebody signs in with this address already
   */
  async run(input: {
    name: string;
    country?: string | undefined;
    ownerEmail: string;
    reason: string;
    staff: StaffCaller;
  }): Promise<{ id: string; name: string; invitation_url: string }> {
    const { name, country, ownerEmail, reason, staff } = input;
    if (await this.people.findByEmail(ownerEmail)) {
      throw Refusal.conflict('owner_email: somebody already signs in with this address.');
    }
    const tenantId = newId(this.clock.now());
    const ticket = await this.db.inTenant(tenantId, async (tx) => {
      await this.tenants.foundFor(tx, { tenantId, name, country });
      const made = await this.people.makeLink(tx, tenantId, { kind: 'invitation', email: ownerEmail, role: 'owner' });
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'tenant.found',
        object: `tenant:${tenantId}`,
        tenantId,
        after: { name, country: country ?? null, owner: ownerEmail.toLowerCase() },
      });
      return made;
    });
    return { id: tenantId, name, invitation_url: `${this.onboarding}/account/join#${ticket}` };
  }
}
