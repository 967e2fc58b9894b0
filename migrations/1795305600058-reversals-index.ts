import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Hardly any entry is a reversal, but the key that lets an entry be reversed once held all of them. While there were no
 * statistics yet, the check of postings took it for the primary key and walked the whole ledger of the tenant for every
 * posting: a batch of 500 messages took two seconds at 10,000 entries. The check keeps its plan as long as its connection
 * lives, so it is not left to the size that the ledger had on the first day either: one look by primary key is always right.
 */
export class ReversalsIndex1795305600058 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE journal_entries DROP CONSTRAINT journal_entries_tenant_id_reverses_key');
    await db.query(
      `CREATE UNIQUE INDEX journal_entries_reversed_once ON journal_entries (tenant_id, reverses)
        WHERE reverses IS NOT NULL`,
    );
    for (const way of ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) {
      await db.query(`ALTER FUNCTION paloma_postings_are_balanced() SET ${way} = off`);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER FUNCTION paloma_postings_are_balanced() RESET ALL');
    await db.query('DROP INDEX journal_entries_reversed_once');
    await db.query('ALTER TABLE journal_entries ADD UNIQUE (tenant_id, reverses)');
  }
}
