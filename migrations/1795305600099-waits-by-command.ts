import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Meta makes each command of a number wait by itself: a code that may not be asked for in twelve hours says nothing of a PIN
 * that is locked for one. One place for both forgot whichever was older. Written by the onboarding app.
 */
export class WaitsByCommand1795305600099 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE number_care ADD COLUMN waits jsonb NOT NULL DEFAULT '{}'`);
    await db.query(
      `COMMENT ON COLUMN number_care.waits IS 'Until when Meta wants no such command: {command: ISO time}'`,
    );
    // The table's owner is bound by row-level security, too, unless it lifts that from itself.
    await db.query('ALTER TABLE number_care NO FORCE ROW LEVEL SECURITY');
    await db.query(`
      UPDATE number_care SET waits = jsonb_build_object(wait_for, wait_until)
       WHERE wait_for IS NOT NULL AND wait_until IS NOT NULL`);
    await db.query('ALTER TABLE number_care FORCE ROW LEVEL SECURITY');
    await db.query('ALTER TABLE number_care DROP COLUMN wait_for, DROP COLUMN wait_until');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE number_care ADD COLUMN wait_until timestamptz, ADD COLUMN wait_for text');
    await db.query(`COMMENT ON COLUMN number_care.wait_until IS 'Meta wants no such call before (wait_for names it)'`);
    await db.query('ALTER TABLE number_care NO FORCE ROW LEVEL SECURITY');
    await db.query(`
      UPDATE number_care c SET wait_for = longest.key, wait_until = longest.value::timestamptz
        FROM (SELECT DISTINCT ON (tenant_id, phone_number_id) tenant_id, phone_number_id, w.key, w.value
                FROM number_care, jsonb_each_text(waits) w
               ORDER BY tenant_id, phone_number_id, w.value::timestamptz DESC) longest
       WHERE c.tenant_id = longest.tenant_id AND c.phone_number_id = longest.phone_number_id`);
    await db.query('ALTER TABLE number_care FORCE ROW LEVEL SECURITY');
    await db.query('ALTER TABLE number_care DROP COLUMN waits');
  }
}
