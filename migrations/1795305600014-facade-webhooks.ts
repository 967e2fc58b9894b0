import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks that clients of 360dialog set: at most one for a number, and one for a WABA. Written by libs/tenant-events. */
export class FacadeWebhooks1795305600014 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_managed_by_check');
    await db.query(`
      ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_managed_by_check
        CHECK (managed_by IN ('tenant', 'subscribed_apps', 'd360'))`);
    await db.query(`
      CREATE UNIQUE INDEX webhook_endpoints_d360_number ON webhook_endpoints (tenant_id, phone_number_id)
       WHERE managed_by = 'd360' AND phone_number_id IS NOT NULL`);
    await db.query(`
      CREATE UNIQUE INDEX webhook_endpoints_d360_waba ON webhook_endpoints (tenant_id, waba_id)
       WHERE managed_by = 'd360' AND phone_number_id IS NULL`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DELETE FROM webhook_endpoints WHERE managed_by = 'd360'`);
    await db.query('DROP INDEX webhook_endpoints_d360_number, webhook_endpoints_d360_waba');
    await db.query('ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_managed_by_check');
    await db.query(`
      ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_managed_by_check
        CHECK (managed_by IN ('tenant', 'subscribed_apps'))`);
  }
}
