import type { MigrationInterface, QueryRunner } from 'typeorm';

const DOOR = 'door_provider_settings(bigint)';

/**
 * What the provider's staff changed of the settings; what is not here is as the environment says. Written by libs/provider-settings
 * for the admin app; the apps of tenants have no right to the tables and look through a door.
 */
export class ProviderSettings1795305600067 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE provider_settings (
        tenant_id  uuid NOT NULL,
        name       text NOT NULL,
        value      jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, name)
      )`);
    await db.query(
      `COMMENT ON COLUMN provider_settings.tenant_id IS 'Tenant 0, or the tenant for whom a feature is switched'`,
    );

    await db.query(`
      CREATE TABLE provider_secrets (
        tenant_id      uuid NOT NULL,
        secret_id      uuid NOT NULL,
        kind           text NOT NULL,
        sealed         text NOT NULL,
        fingerprint    text NOT NULL,
        previous_until timestamptz NOT NULL,
        created_at     timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, secret_id)
      )`);
    await db.query(
      `COMMENT ON COLUMN provider_secrets.previous_until IS 'Until then what this one replaced is accepted as well'`,
    );

    // Every write changes this row, so that writes are one after the other and a reader that has seen a number has seen all
    // that came before it.
    await db.query('CREATE TABLE provider_settings_head (tenant_id uuid PRIMARY KEY, revision bigint NOT NULL)');
    await db.query(
      `INSERT INTO provider_settings_head (tenant_id, revision) VALUES ('00000000-0000-0000-0000-000000000000', 1)`,
    );
    const rights = [
      ['provider_settings', 'SELECT, INSERT, UPDATE, DELETE'],
      ['provider_secrets', 'SELECT, INSERT, UPDATE, DELETE'],
      ['provider_settings_head', 'SELECT, UPDATE'],
    ];
    for (const [table, granted] of rights) {
      await db.query(`CALL paloma_protect('${table}', VARIADIC '{}'::text[])`);
      await db.query(`GRANT ${granted} ON ${table} TO paloma_staff`);
      await db.query(`GRANT SELECT ON ${table} TO paloma_door`);
      await db.query(`CREATE POLICY door_reads ON ${table} FOR SELECT TO paloma_door USING (true)`);
    }

    await db.query(`
      CREATE FUNCTION door_provider_settings(known bigint)
      RETURNS TABLE (revision bigint, settings jsonb, secrets jsonb)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT h.revision,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('tenantId', s.tenant_id, 'name', s.name, 'value', s.value)), '[]')
                  FROM provider_settings s),
               (SELECT coalesce(jsonb_agg(jsonb_build_object('secretId', s.secret_id, 'kind', s.kind, 'sealed', s.sealed,
                                                             'previousUntil', s.previous_until)
                                          ORDER BY s.secret_id DESC), '[]')
                  FROM provider_secrets s)
          FROM provider_settings_head h WHERE h.revision <> known $$`);
    await db.query(
      `COMMENT ON FUNCTION ${DOOR} IS 'All of it, or no row where nothing changed since the known revision'`,
    );
    await db.query(`CALL paloma_make_door('${DOOR}')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP FUNCTION ${DOOR}`);
    await db.query('DROP TABLE provider_settings, provider_secrets, provider_settings_head');
  }
}
