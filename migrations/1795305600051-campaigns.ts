import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages to many: what is sent to whom, one row for each recipient, and how far it got. Written by the engagement app. */
export class Campaigns1795305600051 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE campaigns (
        tenant_id     uuid NOT NULL REFERENCES tenants,
        campaign_id   uuid NOT NULL,
        waba_id       uuid NOT NULL,
        name          text NOT NULL,
        state         text NOT NULL,
        plan          json NOT NULL,
        audience      json NOT NULL,
        frozen_after  text,
        standing      json,
        cause         text,
        detail        text,
        made_by       text,
        created_at    timestamptz NOT NULL,
        updated_at    timestamptz NOT NULL,
        launched_at   timestamptz,
        finished_at   timestamptz,
        PRIMARY KEY (tenant_id, campaign_id),
        FOREIGN KEY (tenant_id, waba_id) REFERENCES wabas
      )`);
    await db.query(
      `COMMENT ON COLUMN campaigns.plan IS 'Variants with their templates, schedule, quiet hours, throttle, stops'`,
    );
    await db.query(
      `COMMENT ON COLUMN campaigns.frozen_after IS 'The contact, or the listed line, up to which the audience is frozen'`,
    );
    await db.query(
      `COMMENT ON COLUMN campaigns.standing IS 'Categories, quality and failures at launch, or when it was resumed: what is worse pauses it'`,
    );
    await db.query(`COMMENT ON COLUMN campaigns.cause IS 'Why it is paused, or was given back as a draft'`);
    await db.query(`CREATE INDEX campaigns_freezing ON campaigns (tenant_id) WHERE state = 'freezing'`);
    await db.query(`CALL paloma_protect('campaigns', 'SELECT', 'INSERT', 'UPDATE')`);

    // Each number of a campaign is a lane of its own. The sweeper looks at due_at alone, so it costs as much as there are
    // lanes, however many recipients wait.
    await db.query(`
      CREATE TABLE campaign_numbers (
        tenant_id       uuid NOT NULL,
        campaign_id     uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        nth             smallint NOT NULL,
        due_at          timestamptz,
        PRIMARY KEY (tenant_id, campaign_id, phone_number_id),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns,
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(
      `COMMENT ON COLUMN campaign_numbers.due_at IS 'When the number may send on; null when it has nothing to do'`,
    );
    await db.query('CREATE INDEX campaign_numbers_due ON campaign_numbers (due_at) WHERE due_at IS NOT NULL');
    await db.query(`CALL paloma_protect('campaign_numbers', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE campaign_recipients (
        tenant_id       uuid NOT NULL,
        campaign_id     uuid NOT NULL,
        line            text NOT NULL,
        customer        text NOT NULL,
        contact_id      uuid,
        attributes      jsonb NOT NULL,
        state           text NOT NULL,
        variant         smallint NOT NULL DEFAULT 0,
        phone_number_id uuid,
        zone            text,
        send_after      timestamptz,
        message_id      uuid,
        tries           smallint NOT NULL DEFAULT 0,
        reached         smallint NOT NULL DEFAULT 0,
        cause           text,
        replied_at      timestamptz,
        clicked_at      timestamptz,
        PRIMARY KEY (tenant_id, campaign_id, line),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns
      ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05)`);
    await db.query(
      `COMMENT ON COLUMN campaign_recipients.line IS 'The one form under which numbers are compared, or a user id: nobody is there twice'`,
    );
    await db.query(
      `COMMENT ON COLUMN campaign_recipients.attributes IS 'As they were at launch; the personal parameters come from here'`,
    );
    await db.query(
      `COMMENT ON COLUMN campaign_recipients.message_id IS 'Kept before the gateway is asked, so that asking again sends nothing twice'`,
    );
    await db.query(`COMMENT ON COLUMN campaign_recipients.reached IS '0 accepted, 1 sent, 2 delivered, 3 read'`);
    await db.query(`
      CREATE INDEX campaign_recipients_waiting ON campaign_recipients (tenant_id, campaign_id, phone_number_id, send_after)
       WHERE state = 'waiting'`);
    await db.query(`
      CREATE INDEX campaign_recipients_sending ON campaign_recipients (tenant_id, campaign_id, phone_number_id)
       WHERE state = 'sending'`);
    await db.query(`
      CREATE INDEX campaign_recipients_by_message ON campaign_recipients (tenant_id, message_id) WHERE message_id IS NOT NULL`);
    await db.query('CREATE INDEX campaign_recipients_of ON campaign_recipients (tenant_id, line)');
    await db.query(`CALL paloma_protect('campaign_recipients', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    // Progress is read from here, so that looking on costs the same with a million recipients.
    await db.query(`
      CREATE TABLE campaign_counts (
        tenant_id   uuid NOT NULL,
        campaign_id uuid NOT NULL,
        variant     smallint NOT NULL,
        what        text NOT NULL,
        cause       text NOT NULL DEFAULT '',
        n           bigint NOT NULL,
        PRIMARY KEY (tenant_id, campaign_id, variant, what, cause),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns
      ) WITH (fillfactor = 50)`);
    await db.query(`CALL paloma_protect('campaign_counts', 'SELECT', 'INSERT', 'UPDATE')`);

    // News of messages that campaigns sent, until the engagement app has taken them in. Written by the trigger below.
    await db.query(`
      CREATE TABLE campaign_news (
        tenant_id  uuid NOT NULL,
        message_id uuid NOT NULL,
        status     text NOT NULL,
        code       text,
        PRIMARY KEY (tenant_id, message_id, status)
      ) WITH (autovacuum_vacuum_scale_factor = 0.05)`);
    await db.query(`COMMENT ON COLUMN campaign_news.code IS 'Meta''s code of the error of a message that failed'`);
    await db.query(`CALL paloma_protect('campaign_news', 'SELECT', 'UPDATE', 'DELETE')`);
    await db.query('GRANT SELECT, INSERT ON campaign_news TO paloma_door');
    await db.query('CREATE POLICY door_tells ON campaign_news TO paloma_door USING (true) WITH CHECK (true)');
    await db.query(`
      CREATE FUNCTION door_tell_campaign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $$
      BEGIN
        INSERT INTO campaign_news (tenant_id, message_id, status, code)
        VALUES (NEW.tenant_id, NEW.message_id, NEW.status, NEW.meta_error->>'code') ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$`);
    await db.query(`CALL paloma_make_door('door_tell_campaign()')`);
    // The condition is looked at before the function is called: other messages pay a comparison.
    await db.query(`
      CREATE TRIGGER tell_campaign AFTER UPDATE OF status ON messages FOR EACH ROW
        WHEN (NEW.client_data LIKE 'campaign:%' AND OLD.status <> NEW.status
          AND NEW.status IN ('sent', 'delivered', 'read', 'failed', 'expired', 'cancelled', 'parked'))
        EXECUTE FUNCTION door_tell_campaign()`);

    for (const table of ['campaigns', 'campaign_numbers']) {
      await db.query(`GRANT SELECT ON ${table} TO paloma_door`);
      await db.query(`CREATE POLICY door_reads ON ${table} FOR SELECT TO paloma_door USING (true)`);
    }
    await db.query(`
      CREATE FUNCTION door_campaigns_due(at timestamptz)
      RETURNS TABLE (tenant_id uuid, campaign_id uuid, phone_number_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT n.tenant_id, n.campaign_id, n.phone_number_id FROM campaign_numbers n WHERE n.due_at <= at $$`);
    await db.query(`CALL paloma_make_door('door_campaigns_due(timestamptz)')`);
    await db.query(`
      CREATE FUNCTION door_campaigns_freezing() RETURNS TABLE (tenant_id uuid, campaign_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.tenant_id, c.campaign_id FROM campaigns c WHERE c.state = 'freezing' $$`);
    await db.query(`CALL paloma_make_door('door_campaigns_freezing()')`);
    // Steps from tenant to tenant along the key, so it costs as much as there are tenants with news.
    await db.query(`
      CREATE FUNCTION door_tenants_with_campaign_news() RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH RECURSIVE t AS (
          (SELECT n.tenant_id FROM campaign_news n ORDER BY n.tenant_id LIMIT 1)
          UNION ALL
          SELECT (SELECT n.tenant_id FROM campaign_news n WHERE n.tenant_id > t.tenant_id ORDER BY n.tenant_id LIMIT 1)
            FROM t WHERE t.tenant_id IS NOT NULL)
        SELECT t.tenant_id FROM t WHERE t.tenant_id IS NOT NULL $$`);
    await db.query(`CALL paloma_make_door('door_tenants_with_campaign_news()')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TRIGGER tell_campaign ON messages');
    await db.query(
      'DROP FUNCTION door_tenants_with_campaign_news, door_campaigns_freezing, door_campaigns_due, door_tell_campaign',
    );
    await db.query('DROP TABLE campaign_news, campaign_counts, campaign_recipients, campaign_numbers, campaigns');
  }
}
