import type { MigrationInterface, QueryRunner } from 'typeorm';

const READ = ['wabas', 'signups'];

/**
 * Meta tells a WABA's time zone as an id for which there is no name here; UTC stands in until staff put the right one in its
 * place. What was charged keeps the zone by which it was charged. Written by libs/wabas.
 */
export class CorrectedTimeZones1795305600087 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE wabas
        ADD COLUMN unnamed_timezone text,
        ADD COLUMN timezone_corrected boolean NOT NULL DEFAULT false,
        ADD COLUMN earlier_timezones jsonb NOT NULL DEFAULT '[]'`);
    await db.query(
      `COMMENT ON COLUMN wabas.unnamed_timezone IS 'Meta''s id of the zone where it gave no IANA name; timezone is UTC then'`,
    );
    await db.query(`COMMENT ON COLUMN wabas.timezone_corrected IS 'timezone is the word of staff, not of Meta'`);
    await db.query(
      `COMMENT ON COLUMN wabas.earlier_timezones IS 'Zones that counted before, oldest first: [{timezone, until}]'`,
    );
    // The tables' owner is bound by row-level security, too, unless it lifts that from itself.
    for (const table of READ) await db.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    await db.query(`
      UPDATE wabas w SET unnamed_timezone = told.id
        FROM (SELECT DISTINCT ON (s.tenant_id, s.facts ->> 'wabaId') s.tenant_id, s.facts ->> 'wabaId' AS meta_waba_id,
                     s.facts -> 'waba' ->> 'timezoneId' AS id
                FROM signups s WHERE s.facts -> 'waba' ? 'timezoneId'
               ORDER BY s.tenant_id, s.facts ->> 'wabaId', s.updated_at DESC) told
       WHERE told.tenant_id = w.tenant_id AND told.meta_waba_id = w.meta_waba_id
         AND w.timezone = 'UTC' AND told.id !~ '^[A-Za-z]'`);
    for (const table of READ) await db.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'ALTER TABLE wabas DROP COLUMN unnamed_timezone, DROP COLUMN timezone_corrected, DROP COLUMN earlier_timezones',
    );
  }
}
