import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signups as resumable records. Written by the onboarding app. */
export class Signups1795305600007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE signups (
        tenant_id    uuid NOT NULL REFERENCES tenants,
        signup_id    uuid NOT NULL,
        kind         text NOT NULL CHECK (kind IN ('embedded')),
        state        text NOT NULL CHECK (state IN ('waiting-for-merchant', 'working', 'waiting-for-meta', 'failed', 'live', 'cancelled')),
        facts        jsonb NOT NULL DEFAULT '{}',
        sealed_code  text,
        code_at      timestamptz,
        sealed_token text,
        round        integer NOT NULL DEFAULT 0,
        retry_at     timestamptz,
        created_at   timestamptz NOT NULL,
        updated_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, signup_id)
      )`);
    await db.query(
      `COMMENT ON COLUMN signups.facts IS 'What is known: ids of Meta, coexistence, ... ; never a secret'`,
    );
    await db.query(`COMMENT ON COLUMN signups.sealed_code IS 'Code of Embedded Signup until it is exchanged, sealed'`);
    await db.query(`COMMENT ON COLUMN signups.sealed_token IS 'Business token until the signup is live, sealed'`);
    await db.query(`
      COMMENT ON COLUMN signups.round IS
        'Counts how often the steps were begun anew; the outcome of a step of an earlier round is not recorded'`);
    await db.query(
      `COMMENT ON COLUMN signups.retry_at IS 'When the next step may be tried again; null: as soon as possible'`,
    );
    await db.query(`CALL paloma_protect('signups', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE signup_steps (
        tenant_id  uuid NOT NULL,
        signup_id  uuid NOT NULL,
        step       text NOT NULL,
        state      text NOT NULL CHECK (state IN ('todo', 'done', 'failed', 'skipped')),
        attempts   smallint NOT NULL DEFAULT 0,
        said       jsonb,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, signup_id, step),
        FOREIGN KEY (tenant_id, signup_id) REFERENCES signups
      )`);
    await db.query(`COMMENT ON COLUMN signup_steps.said IS 'What Meta answered to the last attempt, without secrets'`);
    await db.query(`CALL paloma_protect('signup_steps', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(
      `CREATE INDEX signups_to_resume ON signups (retry_at) WHERE state IN ('working', 'waiting-for-meta')`,
    );
    await db.query('GRANT SELECT ON signups TO paloma_door');
    await db.query('CREATE POLICY door_reads ON signups FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_signups_to_resume(at timestamptz) RETURNS TABLE (tenant_id uuid, signup_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT s.tenant_id, s.signup_id FROM signups s
         WHERE s.state IN ('working', 'waiting-for-meta') AND (s.retry_at IS NULL OR s.retry_at <= at) $$`);
    await db.query(`CALL paloma_make_door('door_signups_to_resume(timestamptz)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_signups_to_resume');
    await db.query('DROP TABLE signup_steps, signups');
  }
}
