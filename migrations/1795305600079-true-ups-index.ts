import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A month's comparison with Meta's invoice asks for the few true-ups among millions of entries. */
export class TrueUpsIndex1795305600079 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`CREATE INDEX journal_entries_true_ups ON journal_entries (tenant_id) WHERE kind = 'true_up'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX journal_entries_true_ups');
  }
}
