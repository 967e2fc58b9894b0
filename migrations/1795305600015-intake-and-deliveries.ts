import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the sweepers ask costs as much as there are lanes, not as there are rows: each step of a recursion is one probe of
 * an index. Endpoints that fail for days are switched off, and partitions go when their time has come.
 */
export class IntakeAndDeliveries1795305600015 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Fresh events of a route in their order, and those that wait for a time by that time: an index for each.
    await db.query('DROP INDEX meta_events_new');
    await db.query(`
      CREATE INDEX meta_events_new ON meta_events (tenant_id, route, event_id) WHERE status = 'new' AND due_at IS NULL`);
    await db.query(`
      CREATE INDEX meta_events_later ON meta_events (tenant_id, route, due_at)
       WHERE status = 'new' AND due_at IS NOT NULL`);
    // The provider's own events (tenant 0) are looked at elsewhere.
    await db.query(`
      CREATE OR REPLACE FUNCTION door_routes_with_events(at timestamptz) RETURNS TABLE (tenant_id uuid, route text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH RECURSIVE fresh AS (
          (SELECT e.tenant_id, e.route FROM meta_events e
            WHERE e.status = 'new' AND e.due_at IS NULL AND e.tenant_id > '00000000-0000-0000-0000-000000000000'
            ORDER BY e.tenant_id, e.route LIMIT 1)
          UNION ALL
          SELECT n.tenant_id, n.route FROM fresh f, LATERAL (
            SELECT e.tenant_id, e.route FROM meta_events e
             WHERE e.status = 'new' AND e.due_at IS NULL AND (e.tenant_id, e.route) > (f.tenant_id, f.route)
             ORDER BY e.tenant_id, e.route LIMIT 1) n),
        later AS (
          (SELECT e.tenant_id, e.route, e.due_at FROM meta_events e
            WHERE e.status = 'new' AND e.due_at IS NOT NULL AND e.tenant_id > '00000000-0000-0000-0000-000000000000'
            ORDER BY e.tenant_id, e.route, e.due_at LIMIT 1)
          UNION ALL
          SELECT n.tenant_id, n.route, n.due_at FROM later l, LATERAL (
            SELECT e.tenant_id, e.route, e.due_at FROM meta_events e
             WHERE e.status = 'new' AND e.due_at IS NOT NULL AND (e.tenant_id, e.route) > (l.tenant_id, l.route)
             ORDER BY e.tenant_id, e.route, e.due_at LIMIT 1) n)
        SELECT f.tenant_id, f.route FROM fresh f UNION SELECT l.tenant_id, l.route FROM later l WHERE l.due_at <= at $$`);

    await db.query(`
      CREATE INDEX webhook_deliveries_when ON webhook_deliveries (tenant_id, endpoint_id, due_at) WHERE status = 'waiting'`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_endpoints_with_deliveries(at timestamptz)
      RETURNS TABLE (tenant_id uuid, endpoint_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH RECURSIVE waiting AS (
          (SELECT d.tenant_id, d.endpoint_id, d.due_at FROM webhook_deliveries d WHERE d.status = 'waiting'
            ORDER BY d.tenant_id, d.endpoint_id, d.due_at LIMIT 1)
          UNION ALL
          SELECT n.tenant_id, n.endpoint_id, n.due_at FROM waiting w, LATERAL (
            SELECT d.tenant_id, d.endpoint_id, d.due_at FROM webhook_deliveries d
             WHERE d.status = 'waiting' AND (d.tenant_id, d.endpoint_id) > (w.tenant_id, w.endpoint_id)
             ORDER BY d.tenant_id, d.endpoint_id, d.due_at LIMIT 1) n)
        SELECT w.tenant_id, w.endpoint_id FROM waiting w WHERE w.due_at <= at $$`);

    await db.query(`
      CREATE OR REPLACE FUNCTION door_tenants_to_rate() RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH RECURSIVE waiting AS (
          (SELECT f.tenant_id FROM usage_facts f WHERE f.status = 'new' ORDER BY f.tenant_id LIMIT 1)
          UNION ALL
          SELECT n.tenant_id FROM waiting w, LATERAL (
            SELECT f.tenant_id FROM usage_facts f WHERE f.status = 'new' AND f.tenant_id > w.tenant_id
             ORDER BY f.tenant_id LIMIT 1) n)
        SELECT w.tenant_id FROM waiting w $$`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_tenants_with_unseen() RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH RECURSIVE waiting AS (
          (SELECT u.tenant_id FROM inbound_unseen u ORDER BY u.tenant_id LIMIT 1)
          UNION ALL
          SELECT n.tenant_id FROM waiting w, LATERAL (
            SELECT u.tenant_id FROM inbound_unseen u WHERE u.tenant_id > w.tenant_id ORDER BY u.tenant_id LIMIT 1) n)
        SELECT w.tenant_id FROM waiting w $$`);

    await db.query(`
      ALTER TABLE webhook_endpoints
        ADD COLUMN failing_since timestamptz,
        ADD COLUMN disabled_at timestamptz,
        ADD COLUMN disabled_reason text CHECK (disabled_reason IN ('tenant', 'failing'))`);
    await db.query(
      `COMMENT ON COLUMN webhook_endpoints.failing_since IS 'When the first of the failures in a row was'`,
    );
    await db.query(`
      COMMENT ON COLUMN webhook_endpoints.disabled_at IS 'Since when it is switched off; events from then on are caught up'`);
    await db.query(
      `UPDATE webhook_endpoints SET disabled_at = updated_at, disabled_reason = 'tenant' WHERE NOT enabled`,
    );

    // Raw events and posts of a month go with its partition. What was never applied keeps its month. DDL needs the tables'
    // owner; row-level security binds it too, so it asks through a door whether something is left to do.
    await db.query(`
      CREATE FUNCTION door_new_events_between(first uuid, past uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT FROM meta_events e WHERE e.status = 'new' AND e.event_id >= first AND e.event_id < past) $$`);
    await db.query(`CALL paloma_make_door('door_new_events_between(uuid, uuid)')`);
    await db.query(`
      CREATE FUNCTION paloma_forget_before(at timestamptz) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
      DECLARE parent text; partition text; month timestamptz; past timestamptz;
              until timestamptz := least(at, now() - interval '7 days');
      BEGIN
        FOREACH parent IN ARRAY ARRAY['webhook_deliveries', 'tenant_events', 'meta_events'] LOOP
          FOR partition IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                            WHERE i.inhparent = parent::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$' LOOP
            month := (replace(right(partition, 7), '_', '-') || '-01')::timestamp AT TIME ZONE 'UTC';
            past := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
            CONTINUE WHEN past > until;
            CONTINUE WHEN parent = 'meta_events'
              AND door_new_events_between(paloma_first_id(month), paloma_first_id(past));
            EXECUTE format('DROP TABLE %I', partition);
            RETURN NEXT partition;
          END LOOP;
        END LOOP;
      END $$`);
    await db.query(`
      COMMENT ON FUNCTION paloma_forget_before IS
        'Drops months of raw events and posts that ended before an instant, never the last seven days; names what it dropped'`);
    await db.query('REVOKE ALL ON FUNCTION paloma_forget_before FROM PUBLIC');
    await db.query('GRANT EXECUTE ON FUNCTION paloma_forget_before TO paloma_tenant');
    // The owner calls the door from inside.
    await db.query('GRANT EXECUTE ON FUNCTION door_new_events_between TO CURRENT_USER');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION paloma_forget_before, door_new_events_between');
    await db.query(`
      ALTER TABLE webhook_endpoints DROP COLUMN failing_since, DROP COLUMN disabled_at, DROP COLUMN disabled_reason`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_tenants_with_unseen() RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT u.tenant_id FROM inbound_unseen u $$`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_tenants_to_rate() RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT f.tenant_id FROM usage_facts f WHERE f.status = 'new' $$`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_endpoints_with_deliveries(at timestamptz)
      RETURNS TABLE (tenant_id uuid, endpoint_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT d.tenant_id, d.endpoint_id FROM webhook_deliveries d
         WHERE d.status = 'waiting' AND d.due_at <= at $$`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_routes_with_events(at timestamptz) RETURNS TABLE (tenant_id uuid, route text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT e.tenant_id, e.route FROM meta_events e
         WHERE e.status = 'new' AND (e.due_at IS NULL OR e.due_at <= at) $$`);
    await db.query('DROP INDEX webhook_deliveries_when, meta_events_later, meta_events_new');
    await db.query(`CREATE INDEX meta_events_new ON meta_events (tenant_id, route, event_id) WHERE status = 'new'`);
  }
}
