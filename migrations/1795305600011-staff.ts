import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The provider's staff, what they did, and what only they look for. Written by the admin app; tenants' apps see none of it. */
export class Staff1795305600011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_users (
        staff_id        uuid PRIMARY KEY,
        email           text NOT NULL UNIQUE CHECK (email = lower(email)),
        password_hash   text NOT NULL,
        role            text NOT NULL CHECK (role IN ('administrator', 'onboarding', 'support', 'billing', 'auditor')),
        failed_sign_ins smallint NOT NULL DEFAULT 0,
        locked_until    timestamptz,
        disabled_at     timestamptz,
        created_at      timestamptz NOT NULL
      )`);
    await db.query(`COMMENT ON COLUMN staff_users.failed_sign_ins IS 'In a row; a sign-in that succeeds sets it to 0'`);
    await db.query('GRANT SELECT, INSERT, UPDATE ON staff_users TO paloma_staff');

    // Nobody references what the entry is about: it must outlive it.
    await db.query(`
      CREATE TABLE audit_log (
        entry_id     uuid PRIMARY KEY,
        at           timestamptz NOT NULL,
        staff_id     uuid REFERENCES staff_users,
        who          text NOT NULL,
        action       text NOT NULL,
        object       text NOT NULL,
        tenant_id    uuid,
        before       jsonb,
        after        jsonb,
        reason       text NOT NULL CHECK (reason <> ''),
        from_address inet,
        request_id   text
      )`);
    await db.query(
      `COMMENT ON TABLE audit_log IS 'Each write of the staff, committed with what it did; never changed'`,
    );
    await db.query(`COMMENT ON COLUMN audit_log.staff_id IS 'Null: someone at the command line, see who'`);
    await db.query(`COMMENT ON COLUMN audit_log.who IS 'E-mail address at that time, or the command'`);
    await db.query(`COMMENT ON COLUMN audit_log.object IS 'What was acted on, as kind:id'`);
    await db.query('CREATE INDEX audit_log_by_tenant ON audit_log (tenant_id, entry_id)');
    await db.query('GRANT SELECT, INSERT ON audit_log TO paloma_staff');
    await db.query(`
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log EXECUTE FUNCTION paloma_append_only()`);

    // Through own_rows, so within the scope of the one tenant that is suspended or resumed.
    await db.query('GRANT UPDATE (status) ON tenants TO paloma_staff');

    // What is parked is rare and looked for across tenants, so these indexes stay small however many rows there are.
    await db.query(`CREATE INDEX usage_facts_parked ON usage_facts (message_id) WHERE status = 'parked'`);
    await db.query(`CREATE INDEX messages_parked ON messages (message_id) WHERE status IN ('unknown', 'parked')`);
    await db.query(`CREATE INDEX meta_events_parked ON meta_events (event_id) WHERE status = 'parked'`);
    await db.query(`CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (event_id) WHERE status = 'dead'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX webhook_deliveries_dead, meta_events_parked, messages_parked, usage_facts_parked');
    await db.query('REVOKE UPDATE (status) ON tenants FROM paloma_staff');
    await db.query('DROP TABLE audit_log, staff_users');
  }
}
