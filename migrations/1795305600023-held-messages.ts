import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages that wait until Meta sends their template again. Written by libs/outbox. */
export class HeldMessages1795305600023 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE messages ADD COLUMN held_for text');
    await db.query(`
      COMMENT ON COLUMN messages.held_for IS
        'Why a parked message waits, where the wait ends without a person (template_paused, template_in_review); else null'`);
    await db.query(`
      CREATE INDEX messages_held ON messages (tenant_id, template_id, message_id)
       WHERE status = 'parked' AND held_for IS NOT NULL`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX messages_held');
    await db.query('ALTER TABLE messages DROP COLUMN held_for');
  }
}
