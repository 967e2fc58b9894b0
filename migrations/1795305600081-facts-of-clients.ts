import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What went over an On-Premises client has no price that Meta told us. */
export class FactsOfClients1795305600081 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE usage_facts ADD COLUMN over_client boolean NOT NULL DEFAULT false');
    await db.query(`
      COMMENT ON COLUMN usage_facts.over_client IS
        'It went over the number''s On-Premises client, a server of the tenant''s: it has no pricing block, and none will come'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE usage_facts DROP COLUMN over_client');
  }
}
