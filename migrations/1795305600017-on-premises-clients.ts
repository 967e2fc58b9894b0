import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Numbers that a WhatsApp On-Premises client carries, or carried. Written by the gateway's on-premises room. */
export class OnPremisesClients1795305600017 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE on_premises_clients (
        tenant_id              uuid NOT NULL,
        phone_number_id        uuid NOT NULL,
        state                  text NOT NULL CHECK (state IN ('active', 'moving', 'moved')),
        state_at               timestamptz NOT NULL,
        revision               uuid NOT NULL,
        url                    text NOT NULL,
        user_name              text NOT NULL,
        sealed_password        text NOT NULL,
        ca_pem                 text,
        template_namespace     text,
        check_contacts         boolean NOT NULL,
        callback_url           text NOT NULL,
        sealed_callback_secret text NOT NULL,
        health                 text NOT NULL DEFAULT 'unknown'
                               CHECK (health IN ('unknown', 'connected', 'disconnected', 'refused', 'unreachable')),
        nodes                  jsonb NOT NULL DEFAULT '[]',
        checked_at             timestamptz,
        check_due_at           timestamptz NOT NULL,
        last_error             text,
        last_error_at          timestamptz,
        created_at             timestamptz NOT NULL,
        updated_at             timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, phone_number_id),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(`
      COMMENT ON COLUMN on_premises_clients.state IS
        'active: it carries the number; moving: nothing is sent; moved: the Cloud API carries it, late callbacks are taken'`);
    await db.query(`
      COMMENT ON COLUMN on_premises_clients.revision IS
        'Another one whenever another connection is needed: a process that keeps one knows by it that it is out of date'`);
    await db.query(`
      COMMENT ON COLUMN on_premises_clients.callback_url IS
        'Where the client posts its callbacks, without the secret that goes along, for they have no signature'`);
    await db.query(`CALL paloma_protect('on_premises_clients', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    // A status of a client gives no callback data back: its message is sought by the customer, also among what was parked.
    await db.query(`
      CREATE INDEX messages_parked_to ON messages (tenant_id, phone_number_id, recipient) WHERE status = 'parked'`);
    await db.query(`
      CREATE INDEX on_premises_clients_to_check ON on_premises_clients (check_due_at) WHERE state <> 'moved'`);
    await db.query('GRANT SELECT ON on_premises_clients TO paloma_door');
    await db.query('CREATE POLICY door_reads ON on_premises_clients FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_on_premises_clients_to_check(at timestamptz)
      RETURNS TABLE (tenant_id uuid, phone_number_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.tenant_id, c.phone_number_id FROM on_premises_clients c
         WHERE c.state <> 'moved' AND c.check_due_at <= at ORDER BY c.check_due_at LIMIT 200 $$`);
    await db.query(`CALL paloma_make_door('door_on_premises_clients_to_check(timestamptz)')`);
    await db.query(`
      CREATE FUNCTION door_on_premises_health() RETURNS TABLE (state text, health text, clients bigint)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.state, c.health, count(*) FROM on_premises_clients c WHERE c.state <> 'moved' GROUP BY 1, 2 $$`);
    await db.query(`CALL paloma_make_door('door_on_premises_health()')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_on_premises_clients_to_check, door_on_premises_health');
    await db.query('DROP INDEX messages_parked_to');
    await db.query('DROP TABLE on_premises_clients');
  }
}
