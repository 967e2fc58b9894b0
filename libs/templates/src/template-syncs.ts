import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import { type TemplateDrift, TemplateSync } from './template-sync.entity.js';

/** What began was due by then; a time after that was asked for since, and holds unless the next one is sooner anyway. */
const NEXT = `CASE WHEN template_syncs.due_at > excluded.started_at
                   THEN least(template_syncs.due_at, excluded.due_at) ELSE excluded.due_at END`;

/** The record of comparisons with Meta's lists: when each was, what it found, when the next is due. */
@Injectable()
export class TemplateSyncs {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

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

  /**
   * Asks for a comparison at an instant, now if it is past, or earlier if one is due before. What is due already is marked as
   * asked for now: a comparison that began before may have read Meta's list too early, so another one follows it.
   */
  async ask(tx: Tx, tenantId: string, wabaId: string, at: Date): Promise<void> {
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO template_syncs (tenant_id, waba_id, due_at) VALUES ($1, $2, greatest($3::timestamptz, $4))
       ON CONFLICT (tenant_id, waba_id) DO UPDATE
         SET due_at = CASE WHEN template_syncs.due_at > $4 THEN least(template_syncs.due_at, excluded.due_at) ELSE $4 END`,
      [tenantId, wabaId, at, now],
    );
  }

  async ended(
    tx: Tx,
    tenantId: string,
    wabaId: string,
    end: { startedAt: Date; at: Date; found: number; drift: TemplateDrift; nextAt: Date },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO template_syncs (tenant_id, waba_id, due_at, failures, started_at, synced_at, found, drift, error)
       VALUES ($1, $2, $3, 0, $4, $5, $6, $7, NULL)
       ON CONFLICT (tenant_id, waba_id) DO UPDATE
         SET due_at = ${NEXT}, failures = 0, started_at = excluded.started_at, synced_at = excluded.synced_at,
             found = excluded.found, drift = excluded.drift, error = NULL`,
      [tenantId, wabaId, end.nextAt, end.startedAt, end.at, end.found, JSON.stringify(end.drift)],
    );
  }

  /** @param error a sentence for the tenant and staff */
  async failed(
    tx: Tx,
    tenantId: string,
    wabaId: string,
    end: { startedAt: Date; at: Date; error: string; failures: number; nextAt: Date },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO template_syncs (tenant_id, waba_id, due_at, failures, started_at, failed_at, error)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (tenant_id, waba_id) DO UPDATE
         SET due_at = ${NEXT}, failures = excluded.failures, started_at = excluded.started_at,
             failed_at = excluded.failed_at, error = excluded.error`,
      [tenantId, wabaId, end.nextAt, end.failures, end.startedAt, end.at, end.error.slice(0, 500)],
    );
  }
}
