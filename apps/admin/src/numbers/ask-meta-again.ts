import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { TemplateSyncs } from '#libs/templates';
import { Wabas } from '#libs/wabas';

/**
 * Has an account compared with Meta now: its templates by the gateway, its reviews and numbers by the onboarding app, each
 * in its next look (seconds to two minutes). Staff call nothing at Meta.
 */
@Injectable()
export class AskMetaAgain {
  constructor(
    private readonly db: Database,
    private readonly syncs: TemplateSyncs,
    private readonly wabas: Wabas,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal 404 where the tenant has no such account; 409 where Meta does not let us act for it */
  async run(input: {
    tenantId: string;
    wabaId: string;
    reason: string;
    staff: StaffCaller;
  }): Promise<{ due_at: Date }> {
    const { tenantId, wabaId, reason, staff } = input;
    const now = this.clock.now();
    return this.db.inTenant(tenantId, async (tx) => {
      // Whether there is a token, not which.
      const [waba]: { access: boolean }[] = await tx.query(
        'SELECT sealed_token IS NOT NULL AS access FROM wabas WHERE tenant_id = $1 AND waba_id = $2',
        [tenantId, wabaId],
      );
      if (!waba) throw Refusal.notFound('account');
      if (!waba.access)
        throw Refusal.conflict('Meta does not let us act for this account; the merchant must reconnect it.');
      await this.syncs.ask(tx, tenantId, wabaId, now);
      await this.wabas.describeWaba(tx, tenantId, wabaId, { lookedAt: null });
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'waba.resync',
        object: `waba:${wabaId}`,
        tenantId,
        after: { due_at: now },
      });
      return { due_at: now };
    });
  }
}
