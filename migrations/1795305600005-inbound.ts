import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What Meta tells us: raw changes as they came, customers' messages, and the service windows they open. */
export class Inbound1795305600005 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Written by the gateway's meta-inbound. A change whose tenant is not known (yet) belongs to the provider.
    await db.query(`
      CREATE TABLE meta_events (
        tenant_id    uuid NOT NULL,
        event_id     uuid NOT NULL,
        route        text NOT NULL,
        field        text NOT NULL,
        body         json NOT NULL,
        status       text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'done', 'parked')),
        attempts     smallint NOT NULL DEFAULT 0,
        due_at       timestamptz,
        note         text,
        processed_at timestamptz,
        PRIMARY KEY (tenant_id, event_id)
      ) PARTITION BY RANGE (event_id)`);
    await db.query(
      `COMMENT ON COLUMN meta_events.route IS 'phone_number:<Meta id> or waba:<Meta id>; order is kept per route'`,
    );
    await db.query(
      `COMMENT ON COLUMN meta_events.body IS '{"id", "time"?, "field", "value"}: one change with its entry''s id'`,
    );
    await db.query(`COMMENT ON COLUMN meta_events.due_at IS 'A new one that could not be applied waits until then'`);
    await db.query(`CREATE INDEX meta_events_new ON meta_events (tenant_id, route, event_id) WHERE status = 'new'`);
    await db.query(`CALL paloma_protect('meta_events', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query(`CALL paloma_partition('meta_events')`);
    await db.query('GRANT SELECT, INSERT ON meta_events TO paloma_door');
    await db.query('CREATE POLICY door_stores ON meta_events FOR INSERT TO paloma_door WITH CHECK (true)');
    await db.query('CREATE POLICY door_reads ON meta_events FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_store_meta_events(tenant_ids uuid[], event_ids uuid[], routes text[], fields text[], bodies text[])
      RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO meta_events (tenant_id, event_id, route, field, body)
        SELECT e.tenant_id, e.event_id, e.route, e.field, e.body::json
          FROM unnest(tenant_ids, event_ids, routes, fields, bodies) AS e(tenant_id, event_id, route, field, body) $$`);
    await db.query(`CALL paloma_make_door('door_store_meta_events(uuid[], uuid[], text[], text[], text[])')`);
    await db.query(`
      CREATE FUNCTION door_routes_with_events(at timestamptz) RETURNS TABLE (tenant_id uuid, route text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT e.tenant_id, e.route FROM meta_events e
         WHERE e.status = 'new' AND (e.due_at IS NULL OR e.due_at <= at) $$`);
    await db.query(`CALL paloma_make_door('door_routes_with_events(timestamptz)')`);

    // These three are written by libs/inbound.
    await db.query(`
      CREATE TABLE inbound_messages (
        tenant_id       uuid NOT NULL,
        inbound_id      uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        meta_message_id text NOT NULL,
        customer        text NOT NULL,
        customer_name   text,
        user_id         text,
        type            text NOT NULL,
        payload         json NOT NULL,
        at              timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, inbound_id),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      ) PARTITION BY RANGE (inbound_id)`);
    await db.query(
      `COMMENT ON COLUMN inbound_messages.inbound_id IS 'Derived from number, Meta id and time: a repeat has the same'`,
    );
    await db.query(
      `COMMENT ON COLUMN inbound_messages.customer IS 'wa_id, or the business-scoped user id where the number is hidden'`,
    );
    await db.query(
      'CREATE INDEX inbound_by_customer ON inbound_messages (tenant_id, phone_number_id, customer, inbound_id)',
    );
    await db.query('CREATE INDEX inbound_by_meta_id ON inbound_messages (tenant_id, meta_message_id)');
    await db.query(`CALL paloma_protect('inbound_messages', 'SELECT', 'INSERT')`);
    await db.query(`CALL paloma_partition('inbound_messages')`);

    // Work for the engagement app, committed with the message it is about and taken away when it is done.
    await db.query(`
      CREATE TABLE inbound_unseen (
        tenant_id  uuid NOT NULL,
        inbound_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, inbound_id),
        FOREIGN KEY (tenant_id, inbound_id) REFERENCES inbound_messages ON DELETE CASCADE
      )`);
    await db.query(`CALL paloma_protect('inbound_unseen', 'SELECT', 'INSERT', 'DELETE')`);
    await db.query('GRANT SELECT ON inbound_unseen TO paloma_door');
    await db.query('CREATE POLICY door_reads ON inbound_unseen FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_tenants_with_unseen() RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT u.tenant_id FROM inbound_unseen u $$`);
    await db.query(`CALL paloma_make_door('door_tenants_with_unseen()')`);

    await db.query(`
      CREATE TABLE service_windows (
        tenant_id            uuid NOT NULL,
        phone_number_id      uuid NOT NULL,
        customer             text NOT NULL,
        last_user_message_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, phone_number_id, customer),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(`CALL paloma_protect('service_windows', 'SELECT', 'INSERT', 'UPDATE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_tenants_with_unseen, door_routes_with_events, door_store_meta_events');
    await db.query('DROP TABLE service_windows, inbound_unseen, inbound_messages, meta_events');
  }
}
