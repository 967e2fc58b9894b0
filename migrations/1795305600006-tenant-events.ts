import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tenants are told, and the posts that tell them. */
export class TenantEvents1795305600006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // All three are written by libs/tenant-events: telling an event and queueing its posts is one statement.
    await db.query(`
      CREATE TABLE tenant_events (
        tenant_id       uuid NOT NULL,
        event_id        uuid NOT NULL,
        kind            text NOT NULL,
        waba_id         uuid,
        phone_number_id uuid,
        customer        text,
        body            text NOT NULL,
        PRIMARY KEY (tenant_id, event_id)
      ) PARTITION BY RANGE (event_id)`);
    await db.query(
      `COMMENT ON COLUMN tenant_events.event_id IS 'Derived from the fact it tells, so a fact is told once'`,
    );
    await db.query(`COMMENT ON COLUMN tenant_events.body IS 'The exact bytes that are posted and signed'`);
    await db.query(`CALL paloma_protect('tenant_events', 'SELECT', 'INSERT')`);
    await db.query(`CALL paloma_partition('tenant_events')`);

    await db.query(`
      CREATE TABLE webhook_endpoints (
        tenant_id              uuid NOT NULL REFERENCES tenants,
        endpoint_id            uuid NOT NULL,
        url                    text NOT NULL,
        sealed_secret          text NOT NULL,
        sealed_previous_secret text,
        previous_secret_until  timestamptz,
        waba_id                uuid,
        phone_number_id        uuid,
        kinds                  text[],
        sealed_headers         text,
        enabled                boolean NOT NULL DEFAULT true,
        managed_by             text NOT NULL DEFAULT 'tenant' CHECK (managed_by IN ('tenant', 'subscribed_apps')),
        failures               integer NOT NULL DEFAULT 0,
        rests_until            timestamptz,
        created_at             timestamptz NOT NULL,
        updated_at             timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, endpoint_id)
      )`);
    await db.query(`
      CREATE UNIQUE INDEX webhook_endpoints_override ON webhook_endpoints (tenant_id, waba_id)
       WHERE managed_by = 'subscribed_apps'`);
    await db.query(
      `COMMENT ON COLUMN webhook_endpoints.failures IS 'Posts that failed in a row; a success sets it to 0'`,
    );
    await db.query(
      `COMMENT ON COLUMN webhook_endpoints.rests_until IS 'Nothing is posted before, after many failures in a row'`,
    );
    await db.query(`COMMENT ON COLUMN webhook_endpoints.kinds IS 'Which kinds of event go there; null means all'`);
    await db.query(`CALL paloma_protect('webhook_endpoints', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    // Clients of the Cloud API know one app secret, and subscribed_apps has no way to return another.
    await db.query(`
      CREATE TABLE webhook_signing_secrets (
        tenant_id     uuid PRIMARY KEY REFERENCES tenants,
        sealed_secret text NOT NULL,
        created_at    timestamptz NOT NULL
      )`);
    await db.query(`CALL paloma_protect('webhook_signing_secrets', 'SELECT', 'INSERT')`);

    // The order in which events were told. Ids cannot give it: they carry Meta's time, which is in whole seconds.
    await db.query('CREATE SEQUENCE webhook_delivery_positions');
    await db.query('GRANT USAGE ON SEQUENCE webhook_delivery_positions TO paloma_tenant');
    await db.query(`
      CREATE TABLE webhook_deliveries (
        tenant_id    uuid NOT NULL,
        endpoint_id  uuid NOT NULL,
        event_id     uuid NOT NULL,
        position     bigint NOT NULL DEFAULT nextval('webhook_delivery_positions'),
        customer     text,
        status       text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'dead')),
        attempts     smallint NOT NULL DEFAULT 0,
        due_at       timestamptz NOT NULL,
        last_status  smallint,
        last_error   text,
        delivered_at timestamptz,
        PRIMARY KEY (tenant_id, endpoint_id, event_id)
      ) PARTITION BY RANGE (event_id)`);
    await db.query(`
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (tenant_id, endpoint_id, position)
       WHERE status = 'waiting'`);
    await db.query(`CALL paloma_protect('webhook_deliveries', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query(`CALL paloma_partition('webhook_deliveries')`);
    await db.query('GRANT SELECT ON webhook_deliveries TO paloma_door');
    await db.query('CREATE POLICY door_reads ON webhook_deliveries FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_endpoints_with_deliveries(at timestamptz) RETURNS TABLE (tenant_id uuid, endpoint_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT d.tenant_id, d.endpoint_id FROM webhook_deliveries d WHERE d.status = 'waiting' AND d.due_at <= at $$`);
    await db.query(`CALL paloma_make_door('door_endpoints_with_deliveries(timestamptz)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_endpoints_with_deliveries');
    await db.query('DROP TABLE webhook_deliveries, webhook_signing_secrets, webhook_endpoints, tenant_events');
    await db.query('DROP SEQUENCE webhook_delivery_positions');
  }
}
