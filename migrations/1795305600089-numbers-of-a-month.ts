import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A month's fee for each number is for those that were live when it ended, however much later it is issued. */
export class NumbersOfAMonth1795305600089 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE invoice_drafts ADD COLUMN numbers integer CHECK (numbers >= 0)');
    await db.query(`
      COMMENT ON COLUMN invoice_drafts.numbers IS
        'Live numbers when the draft was made, minutes after the end of the month; null of drafts made before it was kept'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE invoice_drafts DROP COLUMN numbers');
  }
}
