import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Outbound messages, waiting and sent, with each step of their life, and the leases of lanes. */
export class Outbox1795305600004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Written by libs/outbox.
    await db.query(`
      CREATE TABLE messages (
        tenant_id       uuid NOT NULL,
        message_id      uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        recipient       text NOT NULL,
        type            text NOT NULL,
        category        text,
        template_id     uuid,
        payload         json NOT NULL,
        client_data     text,
        lane            smallint NOT NULL,
        in_window       boolean NOT NULL,
        status          text NOT NULL,
        status_at       timestamptz NOT NULL,
        not_before      timestamptz NOT NULL,
        expires_at      timestamptz NOT NULL,
        attempts        smallint NOT NULL DEFAULT 0,
        meta_message_id text,
        meta_error      jsonb,
        PRIMARY KEY (tenant_id, message_id),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      ) PARTITION BY RANGE (message_id)`);
    await db.query(`COMMENT ON COLUMN messages.message_id IS 'UUIDv7: it carries the time of acceptance'`);
    await db.query(`COMMENT ON COLUMN messages.recipient IS 'Digits of the number, or a business-scoped user id'`);
    await db.query(`COMMENT ON COLUMN messages.lane IS '0 replies and one-time codes, 1 ordinary, 2 broadcasts'`);
    await db.query(
      `COMMENT ON COLUMN messages.client_data IS 'biz_opaque_callback_data of the tenant, given back in statuses'`,
    );
    await db.query(`
      CREATE INDEX messages_waiting ON messages (tenant_id, phone_number_id, lane, message_id) WHERE status = 'accepted'`);
    // What waits to be tried again holds back younger messages to the same recipient; there are few of them at a time.
    await db.query(`
      CREATE INDEX messages_retrying ON messages (tenant_id, phone_number_id, recipient, message_id)
       WHERE status = 'accepted' AND attempts > 0`);
    await db.query(`
      CREATE INDEX messages_in_doubt ON messages (tenant_id, phone_number_id, message_id)
       WHERE status IN ('sending', 'unknown')`);
    await db.query('CREATE INDEX messages_meta_id ON messages (tenant_id, meta_message_id)');
    await db.query('CREATE INDEX messages_by_number ON messages (tenant_id, phone_number_id, message_id)');
    await db.query(`CALL paloma_protect('messages', 'SELECT', 'UPDATE')`);
    await db.query(`CALL paloma_partition('messages')`);

    await db.query(`
      CREATE TABLE message_events (
        tenant_id  uuid NOT NULL,
        message_id uuid NOT NULL,
        kind       text NOT NULL,
        occurrence smallint NOT NULL DEFAULT 0,
        at         timestamptz NOT NULL,
        source     text NOT NULL CHECK (source IN ('paloma', 'meta')),
        verdict    text NOT NULL DEFAULT 'apply',
        detail     jsonb,
        PRIMARY KEY (tenant_id, message_id, kind, occurrence)
      ) PARTITION BY RANGE (message_id)`);
    await db.query(
      `COMMENT ON COLUMN message_events.occurrence IS 'Which attempt, for our own steps; 0 for Meta''s statuses'`,
    );
    await db.query(`CALL paloma_protect('message_events', 'SELECT', 'INSERT')`);
    await db.query(`CALL paloma_partition('message_events')`);

    // Group commit: messages of many tenants in one statement. The caller hands in the tenant of each row, taken from
    // the key it authenticated; the foreign key refuses a number of another tenant.
    await db.query('GRANT SELECT, INSERT ON messages, message_events TO paloma_door');
    await db.query('CREATE POLICY door_accepts ON messages FOR INSERT TO paloma_door WITH CHECK (true)');
    await db.query('CREATE POLICY door_reads ON messages FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_accept_messages(
        tenant_ids uuid[], message_ids uuid[], phone_number_ids uuid[], recipients text[], types text[],
        categories text[], template_ids uuid[], payloads text[], client_datas text[], lanes smallint[],
        in_windows boolean[], accepted_ats timestamptz[], not_befores timestamptz[], expires_ats timestamptz[])
      RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, category, template_id, payload,
                              client_data, lane, in_window, status, status_at, not_before, expires_at)
        SELECT m.tenant_id, m.message_id, m.phone_number_id, m.recipient, m.type, m.category, m.template_id,
               m.payload::json, m.client_data, m.lane, m.in_window, 'accepted', m.accepted_at, m.not_before, m.expires_at
          FROM unnest(tenant_ids, message_ids, phone_number_ids, recipients, types, categories, template_ids, payloads,
                      client_datas, lanes, in_windows, accepted_ats, not_befores, expires_ats)
            AS m(tenant_id, message_id, phone_number_id, recipient, type, category, template_id, payload, client_data,
                 lane, in_window, accepted_at, not_before, expires_at) $$`);
    await db.query(`
      CALL paloma_make_door('door_accept_messages(uuid[], uuid[], uuid[], text[], text[], text[], uuid[], text[], text[],
        smallint[], boolean[], timestamptz[], timestamptz[], timestamptz[])')`);

    // The sweeper asks which numbers have work that nobody drains.
    await db.query(`
      CREATE FUNCTION door_numbers_with_work(at timestamptz)
      RETURNS TABLE (tenant_id uuid, phone_number_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT m.tenant_id, m.phone_number_id FROM messages m
         WHERE (m.status = 'accepted' AND least(m.not_before, m.expires_at) <= at) OR m.status = 'sending' $$`);
    await db.query(`CALL paloma_make_door('door_numbers_with_work(timestamptz)')`);

    // Written by libs/leases.
    await db.query(`
      CREATE TABLE lane_leases (
        tenant_id uuid NOT NULL,
        lane      text NOT NULL,
        holder    uuid NOT NULL,
        until     timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, lane)
      )`);
    await db.query(`COMMENT ON TABLE lane_leases IS 'Who drains a lane; database time, so all processes agree'`);
    await db.query(`CALL paloma_protect('lane_leases', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_numbers_with_work, door_accept_messages');
    await db.query('DROP TABLE lane_leases, message_events, messages');
  }
}
