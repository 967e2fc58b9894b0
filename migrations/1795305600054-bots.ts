import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bots: flows in versions, and what each did with whom. Written by the engagement app. */
export class Bots1795305600054 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE bots (
        tenant_id       uuid NOT NULL REFERENCES tenants,
        bot_id          uuid NOT NULL,
        name            text NOT NULL,
        phone_number_id uuid,
        draft           json NOT NULL,
        live_version    integer,
        updated_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, bot_id),
        UNIQUE (tenant_id, name),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(`COMMENT ON COLUMN bots.phone_number_id IS 'The number that it answers at; null: all of them'`);
    await db.query(
      `COMMENT ON COLUMN bots.live_version IS 'The version that begins new conversations; null: switched off'`,
    );
    await db.query(`CALL paloma_protect('bots', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query(`
      CREATE TABLE bot_versions (
        tenant_id    uuid NOT NULL,
        bot_id       uuid NOT NULL,
        version      integer NOT NULL,
        flow         json NOT NULL,
        made_by      text NOT NULL,
        published_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, bot_id, version),
        FOREIGN KEY (tenant_id, bot_id) REFERENCES bots
      )`);
    await db.query(`CALL paloma_protect('bot_versions', 'SELECT', 'INSERT')`);
    await db.query(`
      CREATE TABLE bot_runs (
        tenant_id       uuid NOT NULL,
        run_id          uuid NOT NULL,
        bot_id          uuid NOT NULL,
        version         integer NOT NULL,
        conversation_id uuid NOT NULL,
        state           json NOT NULL,
        pending         json,
        steps           integer NOT NULL DEFAULT 0,
        due_at          timestamptz,
        over_at         timestamptz,
        PRIMARY KEY (tenant_id, run_id),
        FOREIGN KEY (tenant_id, bot_id, version) REFERENCES bot_versions,
        FOREIGN KEY (tenant_id, conversation_id) REFERENCES inbox_conversations
      )`);
    await db.query(`
      COMMENT ON COLUMN bot_runs.version IS 'A conversation goes on with the version that it was begun with'`);
    await db.query(
      `COMMENT ON COLUMN bot_runs.pending IS 'What another system is asked, until its answer is taken in'`,
    );
    await db.query(
      'CREATE UNIQUE INDEX bot_runs_one_live ON bot_runs (tenant_id, conversation_id) WHERE over_at IS NULL',
    );
    await db.query('CREATE INDEX bot_runs_of ON bot_runs (tenant_id, bot_id, run_id)');
    await db.query('CREATE INDEX bot_runs_due ON bot_runs (due_at) WHERE due_at IS NOT NULL');
    await db.query(`CALL paloma_protect('bot_runs', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query('GRANT SELECT ON bot_runs TO paloma_door');
    await db.query('CREATE POLICY door_reads ON bot_runs FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_tenants_with_due_runs(at timestamptz) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT r.tenant_id FROM bot_runs r WHERE r.due_at <= at $$`);
    await db.query(`CALL paloma_make_door('door_tenants_with_due_runs(timestamptz)')`);
    await db.query(`
      CREATE TABLE bot_run_steps (
        tenant_id uuid NOT NULL,
        run_id    uuid NOT NULL,
        nth       integer NOT NULL,
        at        timestamptz NOT NULL,
        event     json NOT NULL,
        effects   json NOT NULL,
        PRIMARY KEY (tenant_id, run_id, nth),
        FOREIGN KEY (tenant_id, run_id) REFERENCES bot_runs
      )`);
    await db.query(`CALL paloma_protect('bot_run_steps', 'SELECT', 'INSERT')`);
    await db.query(`ALTER TABLE inbox_sayings ALTER COLUMN body DROP NOT NULL, ADD COLUMN gives json,
      ADD CHECK (body IS NOT NULL OR gives IS NOT NULL)`);
    await db.query(`
      COMMENT ON COLUMN inbox_sayings.gives IS
        'Instead of a message: the bot gives the conversation away, after everything that it said before'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DELETE FROM inbox_sayings WHERE body IS NULL');
    await db.query('ALTER TABLE inbox_sayings DROP COLUMN gives, ALTER COLUMN body SET NOT NULL');
    await db.query('DROP FUNCTION door_tenants_with_due_runs');
    await db.query('DROP TABLE bot_run_steps, bot_runs, bot_versions, bots');
  }
}
