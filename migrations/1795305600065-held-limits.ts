import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The provider holds a messaging limit below Meta's for a while. Written by libs/wabas. */
export class HeldLimits1795305600065 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE portfolios
        ADD COLUMN held_to integer CHECK (held_to > 0),
        ADD COLUMN held_until timestamptz,
        ADD CHECK ((held_to IS NULL) = (held_until IS NULL))`);
    await db.query(
      `COMMENT ON COLUMN portfolios.held_to IS 'Unique customers in a moving 24 h until held_until, where Meta allows more'`,
    );
    await db.query('GRANT UPDATE (held_to, held_until) ON portfolios TO paloma_staff');
    await db.query('GRANT INSERT ON limit_changes TO paloma_staff');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE INSERT ON limit_changes FROM paloma_staff');
    await db.query('ALTER TABLE portfolios DROP COLUMN held_to, DROP COLUMN held_until');
  }
}
