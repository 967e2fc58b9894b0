import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The three group roles, and the helpers with which every later migration protects its tables (docs/adr/0002).
 *
 * - paloma_tenant: what the apps are. Sees the rows of the tenant named in paloma.tenant_id, and nothing without it.
 * - paloma_staff: what the admin app is. Reads across tenants; writes as paloma_tenant does.
 * - paloma_door: owns the few definer functions that do one named thing across tenants. Nobody logs in as it.
 *
 * Roles belong to the whole server and may exist already; two installations on one server share them.
 */
export class RolesAndScopes1795305600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$ DECLARE role text;
      BEGIN
        FOREACH role IN ARRAY ARRAY['paloma_tenant', 'paloma_staff', 'paloma_door'] LOOP
          BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', role);
          EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
          END;
        END LOOP;
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
          EXECUTE format('GRANT paloma_door TO %I', current_user);
        END IF;
      END $$`);
    await db.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    await db.query('GRANT USAGE ON SCHEMA public TO paloma_tenant, paloma_staff, paloma_door');

    await db.query(`
      CREATE FUNCTION paloma_tenant_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('paloma.tenant_id', true), '')::uuid`);

    await db.query(`
      CREATE PROCEDURE paloma_protect(target regclass, VARIADIC privileges text[]) LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
        EXECUTE format('CREATE POLICY own_rows ON %s TO paloma_tenant, paloma_staff
                        USING (tenant_id = paloma_tenant_id()) WITH CHECK (tenant_id = paloma_tenant_id())', target);
        EXECUTE format('CREATE POLICY staff_reads ON %s FOR SELECT TO paloma_staff USING (true)', target);
        IF cardinality(privileges) > 0 THEN
          EXECUTE format('GRANT %s ON %s TO paloma_tenant', array_to_string(privileges, ', '), target);
          EXECUTE format('GRANT SELECT ON %s TO paloma_staff', target);
        END IF;
      END $$`);
    await db.query(`
      COMMENT ON PROCEDURE paloma_protect IS
        'Forces row-level security on a tenant table and grants the named privileges to the apps; called once per table'`);

    await db.query(`
      CREATE PROCEDURE paloma_make_door(door regprocedure) LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO paloma_tenant, paloma_staff', door);
        GRANT CREATE ON SCHEMA public TO paloma_door;
        EXECUTE format('ALTER FUNCTION %s OWNER TO paloma_door', door);
        REVOKE CREATE ON SCHEMA public FROM paloma_door;
      END $$`);
    await db.query(`
      COMMENT ON PROCEDURE paloma_make_door IS
        'Hands a SECURITY DEFINER function to paloma_door, which can do only what policies and grants to paloma_door allow'`);

    await db.query(`
      CREATE FUNCTION paloma_first_id(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`);
    await db.query(`
      COMMENT ON FUNCTION paloma_first_id IS 'The smallest UUIDv7 of an instant; bounds partitions and ranges by time'`);

    // Partitions by month of a table whose primary key ends in a time-ordered id. Rows of other months wait in the
    // default partition, so no insert ever fails for want of a partition.
    await db.query(`
      CREATE PROCEDURE paloma_partition_month(parent regclass, month date) LANGUAGE plpgsql AS $$
      DECLARE partition text := parent::text || to_char(month, '"_"YYYY"_"MM');
              start timestamptz := date_trunc('month', month)::timestamp AT TIME ZONE 'UTC';
      BEGIN
        IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
        EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', partition, parent,
          paloma_first_id(start), paloma_first_id(start + interval '1 month'));
        CALL paloma_protect(partition::regclass, VARIADIC '{}'::text[]);
      EXCEPTION WHEN check_violation THEN
        RAISE NOTICE 'rows of % wait in the default partition of %', month, parent;
      END $$`);
    await db.query(`
      CREATE PROCEDURE paloma_partition(parent regclass) LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('CREATE TABLE %I PARTITION OF %s DEFAULT', parent::text || '_default', parent);
        CALL paloma_protect((parent::text || '_default')::regclass, VARIADIC '{}'::text[]);
        FOR m IN 0..2 LOOP
          CALL paloma_partition_month(parent, (date_trunc('month', now()) + make_interval(months => m))::date);
        END LOOP;
      END $$`);
    // DDL needs the tables' owner, so this one stays with the role that migrates; it takes nothing but an instant.
    await db.query(`
      CREATE FUNCTION paloma_partition_ahead(at timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $$
      DECLARE parent regclass;
      BEGIN
        FOR parent IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE c.relkind = 'p' AND n.nspname = 'public' ORDER BY c.relname LOOP
          FOR m IN 0..2 LOOP
            CALL paloma_partition_month(parent, (date_trunc('month', at) + make_interval(months => m))::date);
          END LOOP;
        END LOOP;
      END $$`);
    await db.query('REVOKE ALL ON FUNCTION paloma_partition_ahead FROM PUBLIC');
    await db.query('GRANT EXECUTE ON FUNCTION paloma_partition_ahead TO paloma_tenant');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION paloma_partition_ahead');
    for (const name of ['paloma_partition', 'paloma_partition_month', 'paloma_make_door', 'paloma_protect']) {
      await db.query(`DROP PROCEDURE ${name}`);
    }
    await db.query('DROP FUNCTION paloma_first_id, paloma_tenant_id');
  }
}
