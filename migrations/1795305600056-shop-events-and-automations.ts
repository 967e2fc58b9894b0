import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happens in merchants' shops, and what follows from it for their customers. Written by the engagement app. */
export class ShopEventsAndAutomations1795305600056 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE shop_sources (
        tenant_id     uuid NOT NULL REFERENCES tenants,
        source_id     uuid NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('shopify', 'woocommerce')),
        name          text NOT NULL,
        sealed_secret text NOT NULL,
        made_by       text NOT NULL,
        created_at    timestamptz NOT NULL,
        last_heard_at timestamptz,
        PRIMARY KEY (tenant_id, source_id)
      )`);
    await db.query(`COMMENT ON TABLE shop_sources IS 'Shops that post webhooks to us'`);
    await db.query(`CALL paloma_protect('shop_sources', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
    // A shop's webhook names the source and nobody's tenant; its signature is looked at with the tenant's secret.
    await db.query('GRANT SELECT ON shop_sources TO paloma_door');
    await db.query('CREATE POLICY door_reads ON shop_sources FOR SELECT TO paloma_door USING (true)');
    await db.query('CREATE INDEX shop_sources_by_id ON shop_sources (source_id)');
    await db.query(`
      CREATE FUNCTION door_shop_source(id uuid) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT s.tenant_id FROM shop_sources s JOIN tenants t USING (tenant_id)
         WHERE s.source_id = id AND t.status = 'active' $$`);
    await db.query(`CALL paloma_make_door('door_shop_source(uuid)')`);

    await db.query(`
      CREATE TABLE shop_events (
        tenant_id   uuid NOT NULL REFERENCES tenants,
        event_id    uuid NOT NULL,
        source      text NOT NULL,
        given_id    text NOT NULL,
        kind        text NOT NULL,
        at          timestamptz NOT NULL,
        contact_id  uuid NOT NULL,
        subject     text NOT NULL,
        data        json NOT NULL,
        PRIMARY KEY (tenant_id, event_id),
        UNIQUE (tenant_id, source, given_id)
      )`);
    await db.query(`COMMENT ON COLUMN shop_events.source IS '''api'', ''whatsapp'', or the id of a shop_source'`);
    await db.query(
      `COMMENT ON COLUMN shop_events.subject IS 'The cart or order that it is about, by the shop''s own name of it'`,
    );
    await db.query(`CALL paloma_protect('shop_events', 'SELECT', 'INSERT')`);
    await db.query('CREATE INDEX shop_events_of_contact ON shop_events (tenant_id, contact_id, kind, at)');

    await db.query(`
      CREATE TABLE automations (
        tenant_id       uuid NOT NULL,
        automation_id   uuid NOT NULL,
        name            text NOT NULL,
        phone_number_id uuid NOT NULL,
        trigger_kind    text NOT NULL,
        enabled         boolean NOT NULL,
        version         integer NOT NULL,
        updated_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, automation_id),
        UNIQUE (tenant_id, name),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(`CALL paloma_protect('automations', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query('CREATE INDEX automations_by_trigger ON automations (tenant_id, trigger_kind) WHERE enabled');

    await db.query(`
      CREATE TABLE automation_versions (
        tenant_id     uuid NOT NULL,
        automation_id uuid NOT NULL,
        version       integer NOT NULL,
        definition    json NOT NULL,
        made_by       text NOT NULL,
        made_at       timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, automation_id, version),
        FOREIGN KEY (tenant_id, automation_id) REFERENCES automations
      )`);
    await db.query(
      `COMMENT ON TABLE automation_versions IS 'Never changed: a run ends by the version that it began with'`,
    );
    await db.query(`CALL paloma_protect('automation_versions', 'SELECT', 'INSERT')`);

    await db.query(`
      CREATE TABLE automation_runs (
        tenant_id     uuid NOT NULL,
        run_id        uuid NOT NULL,
        automation_id uuid NOT NULL,
        version       integer NOT NULL,
        event_id      uuid NOT NULL,
        contact_id    uuid NOT NULL,
        subject       text NOT NULL,
        data          json NOT NULL,
        triggered_at  timestamptz NOT NULL,
        next_step     integer NOT NULL,
        goal_kinds    text[] NOT NULL,
        goal_scope    text NOT NULL CHECK (goal_scope IN ('subject', 'customer')),
        state         text NOT NULL CHECK (state IN ('waiting', 'done', 'goal_met', 'replied', 'stopped')),
        due_at        timestamptz,
        reason        text,
        ended_at      timestamptz,
        PRIMARY KEY (tenant_id, run_id),
        FOREIGN KEY (tenant_id, automation_id, version) REFERENCES automation_versions,
        CHECK ((state = 'waiting') = (due_at IS NOT NULL))
      )`);
    await db.query(`COMMENT ON COLUMN automation_runs.due_at IS 'The timer: when the next step is looked at'`);
    await db.query(`CALL paloma_protect('automation_runs', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query(`CREATE INDEX automation_runs_due ON automation_runs (tenant_id, due_at) WHERE state = 'waiting'`);
    await db.query(`
      CREATE UNIQUE INDEX automation_runs_one_at_a_time ON automation_runs (tenant_id, automation_id, contact_id, subject)
       WHERE state = 'waiting'`);
    await db.query(
      'CREATE INDEX automation_runs_of_contact ON automation_runs (tenant_id, contact_id, automation_id, subject)',
    );
    await db.query('CREATE INDEX automation_runs_of_automation ON automation_runs (tenant_id, automation_id, run_id)');
    await db.query('GRANT SELECT ON automation_runs TO paloma_door');
    await db.query('CREATE POLICY door_reads ON automation_runs FOR SELECT TO paloma_door USING (true)');
    await db.query(
      `CREATE INDEX automation_runs_due_of_all ON automation_runs (due_at, tenant_id) WHERE state = 'waiting'`,
    );
    await db.query(`
      CREATE FUNCTION door_tenants_with_due_steps(now timestamptz) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT r.tenant_id FROM automation_runs r WHERE r.state = 'waiting' AND r.due_at <= now $$`);
    await db.query(`CALL paloma_make_door('door_tenants_with_due_steps(timestamptz)')`);

    await db.query(`
      CREATE TABLE automation_steps (
        tenant_id  uuid NOT NULL,
        run_id     uuid NOT NULL,
        step       integer NOT NULL,
        state      text NOT NULL CHECK (state IN ('sending', 'sent', 'refused', 'skipped')),
        message_id uuid,
        body       json,
        reason     text,
        at         timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, run_id, step),
        FOREIGN KEY (tenant_id, run_id) REFERENCES automation_runs
      )`);
    await db.query(`
      COMMENT ON COLUMN automation_steps.message_id IS
        'Kept before the gateway is asked; until it answers, the same message with the same id is sent again, and goes out once'`);
    await db.query(`CALL paloma_protect('automation_steps', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_tenants_with_due_steps, door_shop_source');
    await db.query(
      'DROP TABLE automation_steps, automation_runs, automation_versions, automations, shop_events, shop_sources',
    );
  }
}
