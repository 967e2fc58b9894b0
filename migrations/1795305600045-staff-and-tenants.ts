import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What staff do with a tenant: switch parts of it off, note, look into it as it would, close it. */
export class StaffAndTenants1795305600045 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE tenants
        DROP CONSTRAINT tenants_status_check,
        ADD CONSTRAINT tenants_status_check CHECK (status IN ('active', 'suspended', 'locked', 'closed')),
        ADD COLUMN marketing_off boolean NOT NULL DEFAULT false`);
    await db.query(
      `COMMENT ON COLUMN tenants.marketing_off IS 'The provider lets it send no marketing; replies and others go on'`,
    );
    // Through own_rows, so within the scope of the one tenant that is founded or changed.
    await db.query('GRANT UPDATE (marketing_off) ON tenants TO paloma_staff');
    await db.query('GRANT INSERT ON tenants, one_time_links TO paloma_staff');

    // Staff tell tenants what they did.
    await db.query('GRANT INSERT ON tenant_events, webhook_deliveries TO paloma_staff');
    await db.query('GRANT USAGE ON SEQUENCE webhook_delivery_positions TO paloma_staff');

    // Staff change no message; what the provider held, and nothing else, is let go through this door.
    await db.query('GRANT UPDATE (not_before) ON messages TO paloma_door');
    await db.query('CREATE POLICY door_hastens ON messages FOR UPDATE TO paloma_door USING (true)');
    await db.query('CREATE POLICY door_reads ON message_events FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_let_go(tenant uuid, at timestamptz) RETURNS void
      LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE messages m SET not_before = at
         WHERE m.tenant_id = tenant AND m.status = 'accepted' AND m.not_before > at
           AND EXISTS (SELECT FROM message_events e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.message_id
                          AND e.kind = 'waiting') $$`);
    await db.query(`CALL paloma_make_door('door_let_go(uuid, timestamptz)')`);

    // Written by the admin app's tenants; no tenant sees what staff note.
    await db.query(`
      CREATE TABLE tenant_notes (
        tenant_id uuid NOT NULL REFERENCES tenants,
        note_id   uuid NOT NULL,
        at        timestamptz NOT NULL,
        who       text NOT NULL,
        text      text NOT NULL CHECK (text <> ''),
        PRIMARY KEY (tenant_id, note_id)
      )`);
    await db.query(`CALL paloma_protect('tenant_notes', VARIADIC '{}'::text[])`);
    await db.query('GRANT SELECT, INSERT ON tenant_notes TO paloma_staff');

    // Written by libs/tenants: staff grant, tenants see and end, their apps note each use before they answer.
    await db.query(`
      CREATE TABLE support_accesses (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        access_id  uuid NOT NULL,
        who        text NOT NULL,
        reason     text NOT NULL CHECK (reason <> ''),
        writes     boolean NOT NULL,
        bodies     boolean NOT NULL,
        secret     bytea NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at   timestamptz,
        ended_by   text,
        PRIMARY KEY (tenant_id, access_id)
      )`);
    await db.query(`COMMENT ON COLUMN support_accesses.who IS 'E-mail address of the member of staff'`);
    await db.query(`COMMENT ON COLUMN support_accesses.secret IS 'SHA-256 of what the token holds'`);
    await db.query(`COMMENT ON COLUMN support_accesses.bodies IS 'May also read what people wrote to each other'`);
    await db.query(`CALL paloma_protect('support_accesses', 'SELECT')`);
    await db.query('GRANT UPDATE (ended_at, ended_by) ON support_accesses TO paloma_tenant, paloma_staff');
    await db.query('GRANT INSERT ON support_accesses TO paloma_staff');
    await db.query(`
      CREATE TABLE support_uses (
        tenant_id uuid NOT NULL,
        use_id    uuid NOT NULL,
        access_id uuid NOT NULL,
        at        timestamptz NOT NULL,
        method    text NOT NULL,
        path      text NOT NULL,
        allowed   boolean NOT NULL,
        PRIMARY KEY (tenant_id, use_id),
        FOREIGN KEY (tenant_id, access_id) REFERENCES support_accesses
      )`);
    await db.query(`COMMENT ON COLUMN support_uses.path IS 'Without its query'`);
    await db.query('CREATE INDEX support_uses_by_access ON support_uses (tenant_id, access_id, use_id)');
    await db.query(`CALL paloma_protect('support_uses', 'SELECT', 'INSERT')`);
    await db.query(
      'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON support_uses EXECUTE FUNCTION paloma_append_only()',
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE support_uses, support_accesses, tenant_notes');
    await db.query('DROP FUNCTION door_let_go');
    await db.query('DROP POLICY door_reads ON message_events');
    await db.query('DROP POLICY door_hastens ON messages');
    await db.query('REVOKE UPDATE (not_before) ON messages FROM paloma_door');
    await db.query('REVOKE USAGE ON SEQUENCE webhook_delivery_positions FROM paloma_staff');
    await db.query('REVOKE INSERT ON tenant_events, webhook_deliveries, tenants, one_time_links FROM paloma_staff');
    await db.query(`UPDATE tenants SET status = 'suspended' WHERE status = 'locked'`);
    await db.query(`
      ALTER TABLE tenants
        DROP COLUMN marketing_off,
        DROP CONSTRAINT tenants_status_check,
        ADD CONSTRAINT tenants_status_check CHECK (status IN ('active', 'suspended', 'closed'))`);
  }
}
