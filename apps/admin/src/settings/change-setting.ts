import { Injectable } from '@nestjs/common';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { LiveSettings, ProviderSettings } from '#libs/provider-settings';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';

/** Why and by whom a setting is changed. */
export interface Change {
  staff: StaffCaller;
  reason: string;
}

/** Changes settings of the provider. Change, word to all processes and audit entry are committed together or not at all. */
@Injectable()
export class ChangeSetting {
  constructor(
    private readonly db: Database,
    private readonly settings: ProviderSettings,
    private readonly live: LiveSettings,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Changes a value as a whole.
   *
   * @param name     such as `branding`
   * @param value    undefined: as it was before anybody changed it
   * @param tenantId for whom alone; absent: the provider
   */
  async save(name: string, value: object | undefined, { staff, reason }: Change, tenantId?: string): Promise<void> {
    const whose = tenantId ?? PROVIDER_TENANT;
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      await this.settings.proclaim(tx);
      if (tenantId) await this.db.goOnAs(tx, tenantId);
      const before = await this.settings.find<object>(tx, whose, name);
      await this.settings.save(tx, whose, name, value);
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'setting.change',
        object: `setting:${name}`,
        ...(tenantId ? { tenantId } : {}),
        ...(before ? { before } : {}),
        ...(value ? { after: value } : {}),
      });
    });
    await this.live.look();
  }

  /**
   * Changes secrets in the provider's scope.
   *
   * @param work resolves to what the audit log may say of it
   */
  async secret(
    name: string,
    action: string,
    { staff, reason }: Change,
    work: (tx: Tx) => Promise<{ before?: object; after?: object }>,
  ): Promise<void> {
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      await this.settings.proclaim(tx);
      const told = await work(tx);
      await this.audit.record(tx, { ...auditOf(staff, reason), action, object: `setting:${name}`, ...told });
    });
    await this.live.look();
  }
}
