import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages that are not to be sent whatever becomes of them: also those that are not accepted yet. Written by libs/outbox. */
export class WithdrawnMessages1795305600073 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE withdrawn_messages (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        message_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, message_id)
      )`);
    await db.query(`
      COMMENT ON TABLE withdrawn_messages IS
        'Ids that whoever gave them took back; a message that is accepted under one later is cancelled when its turn comes'`);
    await db.query(`CALL paloma_protect('withdrawn_messages', 'SELECT', 'INSERT', 'DELETE')`);
    await db.query(`CALL paloma_erasable('withdrawn_messages')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE withdrawn_messages');
  }
}
