import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { Automation } from './automation.js';

/** An automation with its newest version. */
export interface StoredAutomation {
  automationId: string;
  name: string;
  phoneNumberId: string;
  enabled: boolean;
  version: number;
  definition: Automation;
  updatedAt: Date;
}

const COLUMNS = `a.automation_id AS "automationId", a.name, a.phone_number_id AS "phoneNumberId", a.enabled, a.version,
  v.definition, a.updated_at AS "updatedAt"`;
const FROM = 'automations a JOIN automation_versions v USING (tenant_id, automation_id, version)';

/** The one writer of automations and their versions. */
@Injectable()
export class Automations {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** @returns undefined when another automation has this name */
  async add(
    tx: Tx,
    tenantId: string,
    given: { name: string; phoneNumberId: string; enabled: boolean; definition: Automation; madeBy: string },
  ): Promise<StoredAutomation | undefined> {
    const now = this.clock.now();
    const automationId = newId(now);
    const { name, phoneNumberId, enabled, definition, madeBy } = given;
    const added: unknown[] = await tx.query(
      `INSERT INTO automations (tenant_id, automation_id, name, phone_number_id, trigger_kind, enabled, version, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, 1, $7) ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, automationId, name, phoneNumberId, definition.trigger, enabled, now],
    );
    if (added.length === 0) return undefined;
    await this.addVersion(tx, tenantId, automationId, 1, definition, madeBy);
    return { automationId, name, phoneNumberId, enabled, version: 1, definition, updatedAt: now };
  }

  /** A new version; runs under way end by the one they began with. @returns undefined when there is no such automation */
  async change(
    tx: Tx,
    tenantId: string,
    automationId: string,
    definition: Automation,
    madeBy: string,
  ): Promise<StoredAutomation | undefined> {
    const [changed]: [{ version: number }[], number] = await tx.query(
      `UPDATE automations SET version = version + 1, trigger_kind = $3, updated_at = $4
        WHERE tenant_id = $1 AND automation_id = $2 RETURNING version`,
      [tenantId, automationId, definition.trigger, this.clock.now()],
    );
    if (!changed[0]) return undefined;
    await this.addVersion(tx, tenantId, automationId, changed[0].version, definition, madeBy);
    return this.find(tx, tenantId, automationId);
  }

  async setEnabled(tx: Tx, tenantId: string, automationId: string, enabled: boolean): Promise<void> {
    await tx.query('UPDATE automations SET enabled = $3, updated_at = $4 WHERE tenant_id = $1 AND automation_id = $2', [
      tenantId,
      automationId,
      enabled,
      this.clock.now(),
    ]);
  }

  async find(tx: Tx, tenantId: string, automationId: string): Promise<StoredAutomation | undefined> {
    const [automation]: StoredAutomation[] = await tx.query(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE a.tenant_id = $1 AND a.automation_id = $2`,
      [tenantId, automationId],
    );
    return automation;
  }

  async list(
    tx: Tx,
    tenantId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<StoredAutomation[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE a.tenant_id = $1 AND ($2::uuid IS NULL OR a.automation_id < $2)
        ORDER BY a.automation_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  /** Those that are on and begin with this kind of event; an automation that is being switched off is waited for. */
  async triggeredBy(tx: Tx, tenantId: string, kind: string): Promise<StoredAutomation[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE a.tenant_id = $1 AND a.trigger_kind = $2 AND a.enabled
        ORDER BY a.automation_id FOR SHARE OF a`,
      [tenantId, kind],
    );
  }

  /** An automation by the version that a run began with. */
  async ofRun(tx: Tx, tenantId: string, run: { automationId: string; version: number }): Promise<StoredAutomation> {
    const [automation]: StoredAutomation[] = await tx.query(
      `SELECT a.automation_id AS "automationId", a.name, a.phone_number_id AS "phoneNumberId", a.enabled, v.version,
              v.definition, a.updated_at AS "updatedAt"
         FROM automations a JOIN automation_versions v USING (tenant_id, automation_id)
        WHERE a.tenant_id = $1 AND a.automation_id = $2 AND v.version = $3`,
      [tenantId, run.automationId, run.version],
    );
    return automation as StoredAutomation;
  }

  private async addVersion(
    tx: Tx,
    tenantId: string,
    automationId: string,
    version: number,
    definition: Automation,
    madeBy: string,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO automation_versions (tenant_id, automation_id, version, definition, made_by, made_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [tenantId, automationId, version, JSON.stringify(definition), madeBy, this.clock.now()],
    );
  }
}
