import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROWS = `unnest(tenant_ids, message_ids, phone_number_ids, recipients, types, categories, template_ids, payloads,
                    client_datas, lanes, in_windows, accepted_ats, not_befores, expires_ats, keys, fingerprints, answers,
                    keys_until)
          AS m(tenant_id, message_id, phone_number_id, recipient, type, category, template_id, payload, client_data, lane,
               in_window, accepted_at, not_before, expires_at, key, fingerprint, answer, key_until)`;
const SIGNATURE = `uuid[], uuid[], uuid[], text[], text[], text[], uuid[], text[], text[], smallint[], boolean[],
  timestamptz[], timestamptz[], timestamptz[], text[], bytea[], text[], timestamptz[]`;

/** Calls that may be repeated (Idempotency-Key), and who has messages whose outcome is unknown. */
export class SafeSends1795305600013 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Written by libs/idempotency, and by door_accept_messages_once, which keeps a key with its message or neither.
    await db.query(`
      CREATE TABLE idempotency_keys (
        tenant_id     uuid NOT NULL,
        key           text NOT NULL,
        fingerprint   bytea NOT NULL,
        answer        text,
        message_id    uuid,
        claim_id      uuid,
        claimed_until timestamptz,
        created_at    timestamptz NOT NULL,
        expires_at    timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, key)
      )`);
    await db.query(`COMMENT ON COLUMN idempotency_keys.fingerprint IS 'SHA-256 of method, path and body'`);
    await db.query(`
      COMMENT ON COLUMN idempotency_keys.answer IS
        'What was answered, as sealed JSON (some answers hold secrets); null while the call is under way'`);
    await db.query('CREATE INDEX idempotency_keys_by_end ON idempotency_keys (expires_at)');
    await db.query(`CALL paloma_protect('idempotency_keys', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
    await db.query('GRANT SELECT, INSERT, DELETE ON idempotency_keys TO paloma_door');
    await db.query('CREATE POLICY door_keeps ON idempotency_keys TO paloma_door USING (true) WITH CHECK (true)');

    // Group commit for messages of which some carry a key. A message whose key is in use is not stored; those that are
    // stored are returned. In the order of keys, so that two batches never wait for each other.
    await db.query(`
      CREATE FUNCTION door_accept_messages_once(
        tenant_ids uuid[], message_ids uuid[], phone_number_ids uuid[], recipients text[], types text[],
        categories text[], template_ids uuid[], payloads text[], client_datas text[], lanes smallint[],
        in_windows boolean[], accepted_ats timestamptz[], not_befores timestamptz[], expires_ats timestamptz[],
        keys text[], fingerprints bytea[], answers text[], keys_until timestamptz[])
      RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH kept AS (
          INSERT INTO idempotency_keys (tenant_id, key, fingerprint, answer, message_id, created_at, expires_at)
          SELECT m.tenant_id, m.key, m.fingerprint, m.answer, m.message_id, m.accepted_at, m.key_until
            FROM ${ROWS}
           WHERE m.key IS NOT NULL ORDER BY m.tenant_id, m.key
          ON CONFLICT DO NOTHING RETURNING message_id),
        stored AS (
          INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, category, template_id, payload,
                                client_data, lane, in_window, status, status_at, not_before, expires_at)
          SELECT m.tenant_id, m.message_id, m.phone_number_id, m.recipient, m.type, m.category, m.template_id,
                 m.payload::json, m.client_data, m.lane, m.in_window, 'accepted', m.accepted_at, m.not_before, m.expires_at
            FROM ${ROWS}
           WHERE m.key IS NULL OR m.message_id IN (SELECT message_id FROM kept)
          RETURNING message_id)
        SELECT message_id FROM stored $$`);
    await db.query(`CALL paloma_make_door('door_accept_messages_once(${SIGNATURE})')`);

    await db.query(`
      CREATE FUNCTION door_forget_idempotency_keys(at timestamptz, at_most integer) RETURNS integer
      LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH gone AS (
          DELETE FROM idempotency_keys k
           USING (SELECT o.tenant_id, o.key FROM idempotency_keys o WHERE o.expires_at <= at
                   ORDER BY o.expires_at LIMIT at_most) AS old
           WHERE k.tenant_id = old.tenant_id AND k.key = old.key AND k.expires_at <= at
          RETURNING 1)
        SELECT count(*)::integer FROM gone $$`);
    await db.query(`CALL paloma_make_door('door_forget_idempotency_keys(timestamptz, integer)')`);

    await db.query(`
      CREATE FUNCTION door_tenants_in_doubt(since timestamptz) RETURNS SETOF uuid
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT m.tenant_id FROM messages m
         WHERE m.status IN ('sending', 'unknown') AND m.status = 'unknown' AND m.status_at <= since $$`);
    await db.query(`CALL paloma_make_door('door_tenants_in_doubt(timestamptz)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_tenants_in_doubt, door_forget_idempotency_keys, door_accept_messages_once');
    await db.query('DROP TABLE idempotency_keys');
  }
}
