import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Signed webhooks that no JSON column can hold are kept as bytes; what the last sweepers ask costs as much as there are
 * lanes, not as there are rows; posts that are tried again hold back only those of their customer.
 */
export class Receiving1795305600019 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE meta_events ADD COLUMN raw bytea');
    await db.query(
      `COMMENT ON COLUMN meta_events.raw IS 'The bytes of what cannot be stored as JSON; body is null then, and it is parked'`,
    );
    await db.query(`
      CREATE FUNCTION door_store_raw_meta_event(
        tenant_id uuid, event_id uuid, route text, field text, raw bytea, note text, at timestamptz)
      RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO meta_events (tenant_id, event_id, route, field, body, raw, status, note, processed_at)
        VALUES ($1, $2, $3, $4, 'null', $5, 'parked', $6, $7) $$`);
    await db.query(
      `CALL paloma_make_door('door_store_raw_meta_event(uuid, uuid, text, text, bytea, text, timestamptz)')`,
    );

    // A message is due when its time has come, or when it has run out. Each step of a recursion is one probe of an index.
    await db.query(`
      CREATE INDEX messages_due ON messages (tenant_id, phone_number_id, (least(not_before, expires_at)))
       WHERE status = 'accepted'`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_numbers_with_work(at timestamptz)
      RETURNS TABLE (tenant_id uuid, phone_number_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH RECURSIVE waiting AS (
          (SELECT m.tenant_id, m.phone_number_id, least(m.not_before, m.expires_at) AS due FROM messages m
            WHERE m.status = 'accepted'
            ORDER BY m.tenant_id, m.phone_number_id, least(m.not_before, m.expires_at) LIMIT 1)
          UNION ALL
          SELECT n.tenant_id, n.phone_number_id, n.due FROM waiting w, LATERAL (
            SELECT m.tenant_id, m.phone_number_id, least(m.not_before, m.expires_at) AS due FROM messages m
             WHERE m.status = 'accepted' AND (m.tenant_id, m.phone_number_id) > (w.tenant_id, w.phone_number_id)
             ORDER BY m.tenant_id, m.phone_number_id, least(m.not_before, m.expires_at) LIMIT 1) n)
        SELECT w.tenant_id, w.phone_number_id FROM waiting w WHERE w.due <= at
        UNION
        SELECT m.tenant_id, m.phone_number_id FROM messages m
         WHERE m.status IN ('sending', 'unknown') AND m.status = 'sending' $$`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_numbers_with_media_to_copy(at timestamptz)
      RETURNS TABLE (tenant_id uuid, phone_number_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH RECURSIVE waiting AS (
          (SELECT c.tenant_id, c.phone_number_id, c.due_at FROM media_copies c WHERE c.status = 'waiting'
            ORDER BY c.tenant_id, c.phone_number_id, c.due_at LIMIT 1)
          UNION ALL
          SELECT n.tenant_id, n.phone_number_id, n.due_at FROM waiting w, LATERAL (
            SELECT c.tenant_id, c.phone_number_id, c.due_at FROM media_copies c
             WHERE c.status = 'waiting' AND (c.tenant_id, c.phone_number_id) > (w.tenant_id, w.phone_number_id)
             ORDER BY c.tenant_id, c.phone_number_id, c.due_at LIMIT 1) n)
        SELECT w.tenant_id, w.phone_number_id FROM waiting w WHERE w.due_at <= at $$`);

    await db.query(`
      CREATE INDEX webhook_deliveries_retrying ON webhook_deliveries
        (tenant_id, endpoint_id, (coalesce(customer, '')), position) WHERE status = 'waiting' AND attempts > 0`);
    await db.query(`
      CREATE INDEX webhook_deliveries_to_replay ON webhook_deliveries (tenant_id, endpoint_id, event_id) WHERE status = 'dead'`);

    // A customer who hides the number is still the one whose number the tenant knows.
    await db.query(`
      CREATE INDEX inbound_by_user ON inbound_messages (tenant_id, user_id, phone_number_id, inbound_id)
       WHERE user_id IS NOT NULL`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'DROP INDEX inbound_by_user, webhook_deliveries_to_replay, webhook_deliveries_retrying, messages_due',
    );
    await db.query(`
      CREATE OR REPLACE FUNCTION door_numbers_with_media_to_copy(at timestamptz)
      RETURNS TABLE (tenant_id uuid, phone_number_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT c.tenant_id, c.phone_number_id FROM media_copies c
         WHERE c.status = 'waiting' AND c.due_at <= at $$`);
    await db.query(`
      CREATE OR REPLACE FUNCTION door_numbers_with_work(at timestamptz)
      RETURNS TABLE (tenant_id uuid, phone_number_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT m.tenant_id, m.phone_number_id FROM messages m
         WHERE (m.status = 'accepted' AND least(m.not_before, m.expires_at) <= at) OR m.status = 'sending' $$`);
    await db.query('DROP FUNCTION door_store_raw_meta_event');
    await db.query('ALTER TABLE meta_events DROP COLUMN raw');
  }
}
