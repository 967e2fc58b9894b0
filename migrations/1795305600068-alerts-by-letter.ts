import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Posts and letters of alerts are told apart, so that an address that does not answer holds up no letter and repeats none. */
export class AlertsByLetter1795305600068 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(
      'ALTER TABLE alerts ADD COLUMN mailed_raised_at timestamptz, ADD COLUMN mailed_cleared_at timestamptz',
    );
    await db.query('UPDATE alerts SET mailed_raised_at = told_raised_at, mailed_cleared_at = told_cleared_at');
    await db.query(`COMMENT ON COLUMN alerts.told_raised_at IS 'Since when the address of alerts has it'`);
    await db.query(`COMMENT ON COLUMN alerts.mailed_raised_at IS 'Since when the mail server has it'`);
    await db.query(`
      CREATE INDEX alerts_unmailed ON alerts (alert_id)
       WHERE mailed_raised_at IS NULL OR (cleared_at IS NOT NULL AND mailed_cleared_at IS NULL)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX alerts_unmailed');
    await db.query('ALTER TABLE alerts DROP COLUMN mailed_raised_at, DROP COLUMN mailed_cleared_at');
  }
}
