import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Further webhooks of a number that clients of 360dialog set, and messages found by their sender's own data. */
export class FacadeCopiesAndSchedules1795305600018 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_managed_by_check');
    await db.query(`
      ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_managed_by_check
        CHECK (managed_by IN ('tenant', 'subscribed_apps', 'd360', 'd360_copy'))`);
    // Only those who send such data pay for it.
    await db.query(`
      CREATE INDEX messages_by_client_data ON messages (tenant_id, client_data, message_id) WHERE client_data IS NOT NULL`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX messages_by_client_data');
    await db.query(`DELETE FROM webhook_endpoints WHERE managed_by = 'd360_copy'`);
    await db.query('ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_managed_by_check');
    await db.query(`
      ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_managed_by_check
        CHECK (managed_by IN ('tenant', 'subscribed_apps', 'd360'))`);
  }
}
