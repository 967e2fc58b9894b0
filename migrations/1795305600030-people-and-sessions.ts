import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * People sign in with sessions that can be ended, a second factor and one-time links; keys reach one account or number
 * only. Written by libs/tenants, letters by the onboarding app.
 */
export class PeopleAndSessions1795305600030 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE tenant_users
        ADD email_confirmed_at timestamptz,
        ADD sealed_totp        text,
        ADD totp_since         timestamptz,
        ADD totp_last_step     bigint,
        ADD recovery_hashes    bytea[] NOT NULL DEFAULT '{}'`);
    await db.query(
      `COMMENT ON COLUMN tenant_users.sealed_totp IS 'Secret of the second factor, sealed; asked for at sign-in once totp_since is set'`,
    );
    await db.query(
      `COMMENT ON COLUMN tenant_users.totp_last_step IS 'The last 30-second step whose code was taken: a code works once'`,
    );
    await db.query(
      `COMMENT ON COLUMN tenant_users.recovery_hashes IS 'SHA-256 of the recovery codes that are left; each works once'`,
    );

    await db.query(`
      CREATE TABLE user_sessions (
        tenant_id    uuid NOT NULL,
        session_id   uuid NOT NULL,
        user_id      uuid NOT NULL,
        refresh_hash bytea NOT NULL,
        used_hashes  bytea[] NOT NULL DEFAULT '{}',
        agent        text NOT NULL DEFAULT '',
        from_address inet,
        created_at   timestamptz NOT NULL,
        used_at      timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        ended_at     timestamptz,
        ended_why    text,
        PRIMARY KEY (tenant_id, session_id),
        FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users ON DELETE CASCADE
      )`);
    await db.query(
      `COMMENT ON COLUMN user_sessions.used_hashes IS 'Refresh tokens that were exchanged; one that comes back was stolen, and ends the session'`,
    );
    await db.query('CREATE INDEX user_sessions_of_user ON user_sessions (tenant_id, user_id)');
    await db.query(`CALL paloma_protect('user_sessions', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE one_time_links (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        link_id    uuid NOT NULL,
        kind       text NOT NULL CHECK (kind IN ('confirm-email', 'reset-password', 'invitation')),
        secret     bytea NOT NULL,
        user_id    uuid,
        email      text NOT NULL CHECK (email = lower(email)),
        role       text CHECK (role IN ('owner', 'developer', 'agent', 'finance')),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at    timestamptz,
        PRIMARY KEY (tenant_id, link_id)
      )`);
    await db.query(`COMMENT ON COLUMN one_time_links.secret IS 'SHA-256 of what the link holds'`);
    await db.query(`CALL paloma_protect('one_time_links', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      ALTER TABLE api_keys
        ADD scopes          text[],
        ADD waba_id         uuid,
        ADD phone_number_id uuid,
        ADD rotated_from    uuid,
        ADD last_used_at    timestamptz`);
    await db.query(
      `COMMENT ON COLUMN api_keys.scopes IS 'What the key may do; null: everything that a key may do at all'`,
    );
    await db.query(
      `COMMENT ON COLUMN api_keys.waba_id IS 'The only account that the key reaches; null: all of the tenant'`,
    );
    await db.query(
      `COMMENT ON COLUMN api_keys.phone_number_id IS 'The only number that the key reaches; null: all of the account'`,
    );
    await db.query(
      `COMMENT ON COLUMN api_keys.rotated_from IS 'The key that this one replaces; both work until the old one is revoked'`,
    );
    await db.query(`COMMENT ON COLUMN api_keys.last_used_at IS 'To a minute'`);
    // Of a key there is one successor at most, so two are live at once and not more.
    await db.query(
      'CREATE UNIQUE INDEX api_keys_successor ON api_keys (tenant_id, rotated_from) WHERE rotated_from IS NOT NULL AND revoked_at IS NULL',
    );
    await db.query('GRANT SELECT ON phone_numbers, wabas TO paloma_door');
    for (const table of ['phone_numbers', 'wabas']) {
      await db.query(`
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = '${table}' AND policyname = 'door_reads') THEN
            CREATE POLICY door_reads ON ${table} FOR SELECT TO paloma_door USING (true);
          END IF;
        END $$`);
    }
    await db.query('DROP FUNCTION door_api_key(bytea)');
    await db.query(`
      CREATE FUNCTION door_api_key(key_hash bytea)
      RETURNS TABLE (tenant_id uuid, api_key_id uuid, expires_at timestamptz, tenant_status text, scopes text[],
                     waba_id uuid, phone_number_id uuid, meta_ids text[])
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT k.tenant_id, k.api_key_id, k.expires_at, t.status, k.scopes, k.waba_id, k.phone_number_id,
               CASE WHEN k.waba_id IS NOT NULL THEN
                 ARRAY(SELECT w.meta_waba_id FROM wabas w WHERE w.tenant_id = k.tenant_id AND w.waba_id = k.waba_id) ||
                 ARRAY(SELECT n.meta_phone_number_id FROM phone_numbers n
                        WHERE n.tenant_id = k.tenant_id AND n.waba_id = k.waba_id
                          AND (k.phone_number_id IS NULL OR n.phone_number_id = k.phone_number_id)) END
          FROM api_keys k JOIN tenants t USING (tenant_id)
         WHERE k.hash = key_hash AND k.revoked_at IS NULL $$`);
    await db.query(`CALL paloma_make_door('door_api_key(bytea)')`);

    await db.query(`
      CREATE TABLE letters (
        tenant_id  uuid NOT NULL,
        letter_id  uuid NOT NULL,
        sealed     text NOT NULL,
        due_at     timestamptz NOT NULL,
        attempts   smallint NOT NULL DEFAULT 0,
        sent_at    timestamptz,
        PRIMARY KEY (tenant_id, letter_id)
      )`);
    await db.query(
      `COMMENT ON TABLE letters IS 'E-mail that waits to be sent, committed with what it tells of. Written by the onboarding app'`,
    );
    await db.query(
      `COMMENT ON COLUMN letters.sealed IS 'Address, subject and text, sealed: letters carry one-time links. Empty once sent'`,
    );
    await db.query('CREATE INDEX letters_due ON letters (due_at) WHERE sent_at IS NULL');
    await db.query(`CALL paloma_protect('letters', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query('GRANT SELECT ON letters TO paloma_door');
    await db.query('CREATE POLICY door_reads ON letters FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_letters_due(at timestamptz) RETURNS TABLE (tenant_id uuid, letter_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT l.tenant_id, l.letter_id FROM letters l
         WHERE l.sent_at IS NULL AND l.due_at <= at ORDER BY l.due_at LIMIT 100 $$`);
    await db.query(`CALL paloma_make_door('door_letters_due(timestamptz)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_letters_due, door_api_key');
    await db.query('DROP TABLE letters, one_time_links, user_sessions');
    await db.query(`
      ALTER TABLE api_keys DROP scopes, DROP waba_id, DROP phone_number_id, DROP rotated_from, DROP last_used_at`);
    await db.query(`
      ALTER TABLE tenant_users
        DROP email_confirmed_at, DROP sealed_totp, DROP totp_since, DROP totp_last_step, DROP recovery_hashes`);
    await db.query(`
      CREATE FUNCTION door_api_key(key_hash bytea)
      RETURNS TABLE (tenant_id uuid, api_key_id uuid, expires_at timestamptz, tenant_status text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT k.tenant_id, k.api_key_id, k.expires_at, t.status
          FROM api_keys k JOIN tenants t USING (tenant_id)
         WHERE k.hash = key_hash AND k.revoked_at IS NULL $$`);
    await db.query(`CALL paloma_make_door('door_api_key(bytea)')`);
  }
}
