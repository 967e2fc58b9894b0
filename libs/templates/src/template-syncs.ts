import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#libs/persistence';
import { type TemplateDrift, TemplateSync } from './template-sync.entity.js';

/** The record of comparisons with Meta's lists: when each was, what it found, when the next is due. */
@Injectable()
export class TemplateSyncs {
  constructor(private readonly db: Database) {}

  /** WABAs that are to be compared, or have messages that wait for a template; for the sweeper. */
  async wabasWithWork(now: Date, atMost: number): Promise<{ tenantId: string; wabaId: string }[]> {
    return this.db.query(
      'SELECT tenant_id AS "tenantId", waba_id AS "wabaId" FROM door_wabas_with_template_work($1, $2)',
      [now, atMost],
    );
  }

  of(tx: Tx, tenantId: string, wabaId: string): Promise<TemplateSync | null> {
    return tx.getRepository(TemplateSync).findOneBy({ tenantId, wabaId });
  }

  /** Of all WABAs of a tenant that were compared or are to be. */
  all(tx: Tx, tenantId: string): Promise<TemplateSync[]> {
    return tx.getRepository(TemplateSync).find({ where: { tenantId }, order: { wabaId: 'ASC' } });
  }

  /** Asks for a comparison at an instant, or earlier if one is due before. */
  async ask(tx: Tx, tenantId: string, wabaId: string, at: Date): Promise<void> {
    await tx.query(
      `INSERT INTO template_syncs (tenant_id, waba_id, due_at) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, waba_id) DO UPDATE SET due_at = least(template_syncs.due_at, excluded.due_at)`,
      [tenantId, wabaId, at],
    );
  }

  async ended(
    tx: Tx,
    tenantId: string,
    wabaId: string,
    end: { startedAt: Date; at: Date; found: number; drift: TemplateDrift; nextAt: Date },
  ): Promise<void> {
    await tx.getRepository(TemplateSync).upsert(
      {
        tenantId,
        wabaId,
        dueAt: end.nextAt,
        failures: 0,
        startedAt: end.startedAt,
        syncedAt: end.at,
        found: end.found,
        drift: end.drift as never,
        error: null,
      },
      ['tenantId', 'wabaId'],
    );
  }

  /** @param error a sentence for the tenant and staff */
  async failed(
    tx: Tx,
    tenantId: string,
    wabaId: string,
    end: { startedAt: Date; at: Date; error: string; failures: number; nextAt: Date },
  ): Promise<void> {
    await tx.getRepository(TemplateSync).upsert(
      {
        tenantId,
        wabaId,
        dueAt: end.nextAt,
        failures: end.failures,
        startedAt: end.startedAt,
        error: end.error.slice(0, 500),
        failedAt: end.at,
      },
      ['tenantId', 'wabaId'],
    );
  }
}
