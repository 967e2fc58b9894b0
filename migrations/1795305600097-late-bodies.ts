import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is emptied when a tenant's term for what messages say is over, beside what migration 059 granted. */
const GRANTS: readonly (readonly [privileges: string, table: string])[] = [
  ['UPDATE (body)', 'inbox_sayings'],
  ['UPDATE (event, effects)', 'bot_run_steps'],
  ['UPDATE (body)', 'automation_steps'],
];

/**
 * What still waited when its time came loses its body when it has ended, and what bots, automations and away messages said goes
 * with what messages said.
 */
export class LateBodies1795305600097 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE retentions ADD COLUMN late timestamptz[] NOT NULL DEFAULT '{}'`);
    await db.query(
      `COMMENT ON COLUMN retentions.late IS 'Hours before gone_until of which something waited; they are gone through again'`,
    );
    for (const [privileges, table] of GRANTS) await db.query(`GRANT ${privileges} ON ${table} TO paloma_staff`);
    await db.query('CREATE INDEX bot_run_steps_when ON bot_run_steps (tenant_id, at)');
    await db.query('CREATE INDEX automation_steps_bodies ON automation_steps (tenant_id, at) WHERE body IS NOT NULL');
    // Everything is gone through once more, for what was left until now. The owner is bound by row-level security, too.
    await db.query('ALTER TABLE retentions NO FORCE ROW LEVEL SECURITY');
    await db.query('UPDATE retentions SET gone_until = NULL');
    await db.query('ALTER TABLE retentions FORCE ROW LEVEL SECURITY');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX automation_steps_bodies, bot_run_steps_when');
    for (const [privileges, table] of GRANTS) await db.query(`REVOKE ${privileges} ON ${table} FROM paloma_staff`);
    await db.query('ALTER TABLE retentions DROP COLUMN late');
  }
}
