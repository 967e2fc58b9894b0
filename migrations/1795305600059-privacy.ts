import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the admin worker may do to customers' data. */
const GRANTS: readonly (readonly [privileges: string, tables: string])[] = [
  ['UPDATE (recipient, payload, client_data, meta_message_id, meta_error, expires_at)', 'messages'],
  ['UPDATE (detail)', 'message_events'],
  ['UPDATE (recipient)', 'usage_facts'],
  ['UPDATE (payload)', 'inbound_messages'],
  ['UPDATE (name, profile_name, attributes, tags, last_seen_at, gone_at, updated_at)', 'contacts'],
  ['UPDATE (stored)', 'media_objects'],
  ['UPDATE (line, customer, contact_id, attributes), DELETE', 'campaign_recipients'],
  ['INSERT, DELETE', 'consent_records, consent_states'],
  ['DELETE', 'inbound_messages, inbound_unseen, service_windows, meta_events, tenant_events, webhook_deliveries'],
  ['DELETE', 'idempotency_keys, contact_identifiers, contact_notes, contact_activity, contact_import_refusals'],
  ['UPDATE (customer, labels)', 'inbox_conversations'],
  ['UPDATE (subject)', 'inbox_tickets'],
  ['UPDATE (note, meta_message_id)', 'shop_orders'],
  ['DELETE', 'inbox_entries, inbox_sayings, shop_events, automation_runs, automation_steps'],
  ['DELETE', 'bot_runs, bot_run_steps'],
  ['DELETE', 'media, media_copies, media_objects, media_at_meta'],
];

/**
 * Customers are forgotten, and what people wrote is kept only as long as the tenant wants (docs/adr/0026).
 *
 * The admin worker alone may change or delete these columns and rows, and through own_rows only those of the one tenant it
 * works for. Nobody of the staff has a route to any of it but "forget this customer".
 */
export class Privacy1795305600059 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // All three are written by libs/privacy.
    await db.query(`
      CREATE TABLE customer_marks (
        tenant_id  uuid PRIMARY KEY REFERENCES tenants,
        sealed_key text NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await db.query(`
      COMMENT ON TABLE customer_marks IS
        'The key under which a forgotten customer is known again: an HMAC of the line, which the database alone cannot make'`);
    await db.query(`CALL paloma_protect('customer_marks', 'SELECT', 'INSERT')`);
    await db.query('GRANT INSERT, UPDATE (sealed_key) ON customer_marks TO paloma_staff');

    await db.query(`
      CREATE TABLE erasures (
        tenant_id       uuid NOT NULL REFERENCES tenants,
        erasure_id      uuid NOT NULL,
        customer_mark   text NOT NULL,
        sealed_customer text,
        asked_by        text NOT NULL,
        state           text NOT NULL CHECK (state IN ('waiting', 'done', 'left')),
        waits_for       text,
        due_at          timestamptz NOT NULL,
        passes          integer NOT NULL DEFAULT 0,
        found           jsonb,
        changed         jsonb NOT NULL DEFAULT '{}',
        remains         jsonb,
        asked_at        timestamptz NOT NULL,
        done_at         timestamptz,
        PRIMARY KEY (tenant_id, erasure_id),
        CHECK ((state = 'waiting') = (sealed_customer IS NOT NULL))
      )`);
    await db.query(`
      COMMENT ON COLUMN erasures.sealed_customer IS 'By what the customer is known; gone with the last pass'`);
    await db.query(`
      COMMENT ON COLUMN erasures.found IS 'Rows by table that held the customer before, found by reading every table'`);
    await db.query(`COMMENT ON COLUMN erasures.remains IS 'The same search afterwards'`);
    await db.query(`CREATE INDEX erasures_waiting ON erasures (due_at) WHERE state = 'waiting'`);
    await db.query(`CALL paloma_protect('erasures', 'SELECT', 'INSERT')`);
    await db.query('GRANT INSERT, UPDATE ON erasures TO paloma_staff');

    await db.query(`
      CREATE TABLE retentions (
        tenant_id  uuid PRIMARY KEY REFERENCES tenants,
        body_days  integer NOT NULL CHECK (body_days BETWEEN 1 AND 3650),
        gone_until timestamptz,
        updated_at timestamptz NOT NULL
      )`);
    await db.query(
      `COMMENT ON COLUMN retentions.body_days IS 'What messages say is kept so long; without a row for good'`,
    );
    await db.query(`COMMENT ON COLUMN retentions.gone_until IS 'Bodies up to here are gone already'`);
    await db.query(`CALL paloma_protect('retentions', 'SELECT')`);
    await db.query('GRANT INSERT, UPDATE, DELETE ON retentions TO paloma_staff');

    // What a customer refused holds after they are forgotten: their mark is asked beside their line.
    await db.query(`
      CREATE FUNCTION door_stopped(tenant_ids uuid[], lines text[], purposes text[], marks text[])
      RETURNS TABLE (nth bigint, state text, at timestamptz, source text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT a.nth, s.state, s.at, s.source
          FROM unnest(tenant_ids, lines, purposes, marks) WITH ORDINALITY AS a(tenant_id, line, purpose, mark, nth)
          LEFT JOIN LATERAL (
            SELECT c.state, c.at, c.source FROM consent_states c
             WHERE c.tenant_id = a.tenant_id AND c.line IN (a.line, a.mark) AND c.purpose = a.purpose
             ORDER BY c.state <> 'asked' DESC, c.at DESC, c.state = 'withdrawn' DESC LIMIT 1) s ON true
          LEFT JOIN consent_settings c ON c.tenant_id = a.tenant_id
         WHERE s.state = 'withdrawn' OR (a.purpose = ANY (c.opt_in_for) AND s.state IS DISTINCT FROM 'granted') $$`);
    await db.query(`CALL paloma_make_door('door_stopped(uuid[], text[], text[], text[])')`);
    for (const [privileges, tables] of GRANTS) {
      await db.query(`GRANT ${privileges} ON ${tables} TO paloma_staff`);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    for (const [privileges, tables] of GRANTS) {
      await db.query(`REVOKE ${privileges} ON ${tables} FROM paloma_staff`);
    }
    await db.query('DROP FUNCTION door_stopped(uuid[], text[], text[], text[])');
    await db.query('DROP TABLE retentions, erasures, customer_marks');
  }
}
