import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Staff sign in with sessions that can be ended, a second factor, one-time links and, where the provider has one, an
 * identity provider. Written by the admin app; other apps ask a door who a session is of.
 */
export class StaffIdentity1795305600038 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Who guesses is slowed by address and source together (libs/auth): a lock on the account would let anybody who knows
    // the address keep its owner out.
    await db.query(`
      ALTER TABLE staff_users
        DROP failed_sign_ins,
        DROP locked_until,
        ADD sealed_totp     text,
        ADD totp_since      timestamptz,
        ADD totp_last_step  bigint,
        ADD recovery_hashes bytea[] NOT NULL DEFAULT '{}',
        ADD oidc_identity   text UNIQUE`);
    await db.query(
      `COMMENT ON COLUMN staff_users.sealed_totp IS 'Secret of the second factor, sealed; asked for at sign-in once totp_since is set'`,
    );
    await db.query(
      `COMMENT ON COLUMN staff_users.totp_last_step IS 'The last 30-second step whose code was taken: a code works once'`,
    );
    await db.query(
      `COMMENT ON COLUMN staff_users.recovery_hashes IS 'SHA-256 of the recovery codes that are left; each works once'`,
    );
    await db.query(
      `COMMENT ON COLUMN staff_users.oidc_identity IS 'Issuer and subject at the identity provider, from the first sign-in through it on'`,
    );

    await db.query(`
      CREATE TABLE staff_sessions (
        session_id   uuid PRIMARY KEY,
        staff_id     uuid NOT NULL REFERENCES staff_users,
        way          text NOT NULL CHECK (way IN ('password', 'second-factor', 'oidc')),
        refresh_hash bytea NOT NULL,
        used_hashes  bytea[] NOT NULL DEFAULT '{}',
        agent        text NOT NULL DEFAULT '',
        from_address inet,
        created_at   timestamptz NOT NULL,
        used_at      timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        ended_at     timestamptz,
        ended_why    text
      )`);
    await db.query(`COMMENT ON COLUMN staff_sessions.way IS 'How it was proved who signs in; password is the weakest'`);
    await db.query(
      `COMMENT ON COLUMN staff_sessions.used_hashes IS 'Refresh tokens that were exchanged; one that comes back was stolen, and ends the session'`,
    );
    await db.query('CREATE INDEX staff_sessions_of_member ON staff_sessions (staff_id, session_id)');
    await db.query('GRANT SELECT, INSERT, UPDATE ON staff_sessions TO paloma_staff');

    await db.query(`
      CREATE TABLE staff_links (
        link_id    uuid PRIMARY KEY,
        kind       text NOT NULL CHECK (kind IN ('invitation', 'reset-password')),
        secret     bytea NOT NULL,
        staff_id   uuid REFERENCES staff_users,
        email      text NOT NULL CHECK (email = lower(email)),
        role       text NOT NULL CHECK (role IN ('administrator', 'onboarding', 'support', 'billing', 'auditor')),
        made_by    text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at    timestamptz
      )`);
    await db.query(`COMMENT ON COLUMN staff_links.secret IS 'SHA-256 of what the link holds'`);
    await db.query('GRANT SELECT, INSERT, UPDATE ON staff_links TO paloma_staff');

    // One door instead of door_staff_member: whether the session still lives is asked with each request, in every app.
    await db.query('DROP FUNCTION door_staff_member(uuid)');
    await db.query('GRANT SELECT (session_id, staff_id, way, ended_at, expires_at) ON staff_sessions TO paloma_door');
    await db.query(`
      CREATE FUNCTION door_staff_session(session uuid, at timestamptz)
      RETURNS TABLE (staff_id uuid, email text, role text, way text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT u.staff_id, u.email, u.role, s.way FROM staff_sessions s JOIN staff_users u USING (staff_id)
         WHERE s.session_id = session AND s.ended_at IS NULL AND s.expires_at > at AND u.disabled_at IS NULL $$`);
    await db.query(`CALL paloma_make_door('door_staff_session(uuid, timestamptz)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_staff_session');
    await db.query(`
      CREATE FUNCTION door_staff_member(id uuid) RETURNS TABLE (staff_id uuid, email text, role text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT s.staff_id, s.email, s.role FROM staff_users s WHERE s.staff_id = id AND s.disabled_at IS NULL $$`);
    await db.query(`CALL paloma_make_door('door_staff_member(uuid)')`);
    await db.query('DROP TABLE staff_links, staff_sessions');
    await db.query(`
      ALTER TABLE staff_users
        DROP sealed_totp, DROP totp_since, DROP totp_last_step, DROP recovery_hashes, DROP oidc_identity,
        ADD failed_sign_ins smallint NOT NULL DEFAULT 0,
        ADD locked_until timestamptz`);
  }
}
