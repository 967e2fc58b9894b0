import type { MigrationInterface, QueryRunner } from 'typeorm';

const DOORS = [
  'door_give_up_messages(uuid, uuid[], timestamptz, jsonb, jsonb)',
  'door_retry_meta_events(uuid, uuid[], text)',
  'door_discard_meta_events(uuid, uuid[], timestamptz, text)',
];

/**
 * What staff do with what is parked: each door moves rows of one tenant that are parked still, and nothing else. Posts to
 * endpoints and usage facts are changed by their libs, through own_rows and so within one tenant at a time.
 */
export class ParkedInBulk1795305600062 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('GRANT UPDATE (status, status_at, held_for, meta_error) ON messages TO paloma_door');
    await db.query('CREATE POLICY door_notes ON message_events FOR INSERT TO paloma_door WITH CHECK (true)');
    await db.query(`
      CREATE FUNCTION door_give_up_messages(tenant uuid, ids uuid[], at timestamptz, error jsonb, detail jsonb)
      RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH moved AS (
          UPDATE messages m SET status = 'failed', status_at = at, held_for = NULL, meta_error = error
           WHERE m.tenant_id = tenant AND m.message_id = ANY (ids) AND m.status IN ('unknown', 'parked')
          RETURNING m.message_id, m.attempts),
        noted AS (
          INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, detail)
          SELECT tenant, message_id, 'failed', attempts, at, 'paloma', detail FROM moved
          ON CONFLICT DO NOTHING)
        SELECT message_id FROM moved $$`);

    await db.query('GRANT UPDATE (status, due_at, attempts, processed_at, note) ON meta_events TO paloma_door');
    await db.query('CREATE POLICY door_moves ON meta_events FOR UPDATE TO paloma_door USING (true)');
    // What is kept as raw bytes is no JSON, and no attempt changes that.
    await db.query(`
      CREATE FUNCTION door_retry_meta_events(tenant uuid, ids uuid[], why text)
      RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE meta_events e SET status = 'new', due_at = NULL, attempts = 0, processed_at = NULL, note = why
         WHERE e.tenant_id = tenant AND e.event_id = ANY (ids) AND e.status = 'parked' AND e.raw IS NULL
        RETURNING e.event_id $$`);
    await db.query(`
      CREATE FUNCTION door_discard_meta_events(tenant uuid, ids uuid[], at timestamptz, why text)
      RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE meta_events e SET status = 'done', due_at = NULL, processed_at = at, note = why
         WHERE e.tenant_id = tenant AND e.event_id = ANY (ids) AND e.status = 'parked'
        RETURNING e.event_id $$`);
    for (const door of DOORS) await db.query(`CALL paloma_make_door('${door}')`);

    // A dead post stays in the tenant's log, and the tenant may have it posted again; it only no longer waits for staff.
    await db.query('ALTER TABLE webhook_deliveries ADD COLUMN put_aside_at timestamptz');
    await db.query(
      `COMMENT ON COLUMN webhook_deliveries.put_aside_at IS 'Since when the provider no longer looks at a dead one'`,
    );
    await db.query('DROP INDEX webhook_deliveries_dead');
    await db.query(`
      CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (event_id)
       WHERE status = 'dead' AND put_aside_at IS NULL`);
    await db.query(`
      GRANT UPDATE (status, attempts, due_at, position, last_status, last_error, delivered_at, put_aside_at)
         ON webhook_deliveries TO paloma_staff`);
    await db.query('GRANT UPDATE (status, parked_reason) ON usage_facts TO paloma_staff');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE UPDATE (status, parked_reason) ON usage_facts FROM paloma_staff');
    await db.query(`
      REVOKE UPDATE (status, attempts, due_at, position, last_status, last_error, delivered_at, put_aside_at)
          ON webhook_deliveries FROM paloma_staff`);
    await db.query('DROP INDEX webhook_deliveries_dead');
    await db.query('ALTER TABLE webhook_deliveries DROP COLUMN put_aside_at');
    await db.query(`CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (event_id) WHERE status = 'dead'`);
    for (const door of DOORS) await db.query(`DROP FUNCTION ${door}`);
    await db.query('DROP POLICY door_moves ON meta_events');
    await db.query('REVOKE UPDATE (status, due_at, attempts, processed_at, note) ON meta_events FROM paloma_door');
    await db.query('DROP POLICY door_notes ON message_events');
    await db.query('REVOKE UPDATE (status, status_at, held_for, meta_error) ON messages FROM paloma_door');
  }
}
