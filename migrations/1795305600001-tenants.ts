import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenants, their people and their keys. Written by libs/tenants. */
export class Tenants1795305600001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE tenants (
        tenant_id  uuid PRIMARY KEY,
        name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        country    char(2),
        status     text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'closed')),
        created_at timestamptz NOT NULL
      )`);
    await db.query(`CALL paloma_protect('tenants', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE tenant_users (
        tenant_id     uuid NOT NULL REFERENCES tenants,
        user_id       uuid NOT NULL,
        email         text NOT NULL CHECK (email = lower(email)),
        password_hash text NOT NULL,
        role          text NOT NULL CHECK (role IN ('owner', 'developer', 'agent', 'finance')),
        created_at    timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, user_id),
        UNIQUE (tenant_id, email)
      )`);
    await db.query('CREATE INDEX tenant_users_email ON tenant_users (email)');
    await db.query(`CALL paloma_protect('tenant_users', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE api_keys (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        api_key_id uuid NOT NULL,
        name       text NOT NULL,
        hint       text NOT NULL,
        hash       bytea NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz,
        PRIMARY KEY (tenant_id, api_key_id)
      )`);
    await db.query(
      `COMMENT ON COLUMN api_keys.hash IS 'SHA-256 of the key; the key itself is shown once and not kept'`,
    );
    await db.query('CREATE INDEX api_keys_hash ON api_keys (hash)');
    await db.query(`CALL paloma_protect('api_keys', 'SELECT', 'INSERT', 'UPDATE')`);

    // Who calls is known only after the key or the address was looked up, so these two look across tenants.
    await db.query('GRANT SELECT ON tenants, tenant_users, api_keys TO paloma_door');
    for (const table of ['tenants', 'tenant_users', 'api_keys']) {
      await db.query(`CREATE POLICY door_reads ON ${table} FOR SELECT TO paloma_door USING (true)`);
    }
    await db.query(`
      CREATE FUNCTION door_api_key(key_hash bytea)
      RETURNS TABLE (tenant_id uuid, api_key_id uuid, expires_at timestamptz, tenant_status text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT k.tenant_id, k.api_key_id, k.expires_at, t.status
          FROM api_keys k JOIN tenants t USING (tenant_id)
         WHERE k.hash = key_hash AND k.revoked_at IS NULL $$`);
    await db.query(`CALL paloma_make_door('door_api_key(bytea)')`);
    await db.query(`
      CREATE FUNCTION door_users_by_email(address text)
      RETURNS TABLE (tenant_id uuid, user_id uuid, role text, password_hash text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT u.tenant_id, u.user_id, u.role, u.password_hash
          FROM tenant_users u JOIN tenants t USING (tenant_id)
         WHERE u.email = lower(address) AND t.status <> 'closed' $$`);
    await db.query(`CALL paloma_make_door('door_users_by_email(text)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_users_by_email, door_api_key');
    await db.query('DROP TABLE api_keys, tenant_users, tenants');
  }
}
