import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Entries of the audit log hang together: each holds the hash of its own content and of the entry before it, and the last
 * hash is signed with a key that the database does not have. Written by libs/staff through two doors.
 */
export class AuditChain1795305600039 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE audit_log
        ADD seq        bigint UNIQUE,
        ADD hash       bytea,
        ADD session_id uuid,
        ADD user_agent text`);
    await db.query(
      `COMMENT ON COLUMN audit_log.seq IS 'Place in the chain, without gaps; null: written before there was one'`,
    );
    await db.query(
      `COMMENT ON COLUMN audit_log.hash IS 'SHA-256 of the hash of the entry before and of what this one says (libs/staff)'`,
    );
    await db.query('CREATE INDEX audit_log_by_who ON audit_log (who, entry_id)');
    await db.query('CREATE INDEX audit_log_by_object ON audit_log (object, entry_id)');

    await db.query(`
      CREATE TABLE audit_head (
        one       boolean PRIMARY KEY DEFAULT true CHECK (one),
        seq       bigint NOT NULL,
        hash      bytea NOT NULL,
        signature text
      )`);
    await db.query(
      `COMMENT ON TABLE audit_head IS 'The end of the audit log: its row is locked by whoever adds an entry, so the chain is in the order of the commits'`,
    );
    await db.query(
      `COMMENT ON COLUMN audit_head.signature IS 'Of place and hash, with a key of the apps (ENCRYPTION_KEYS); null before the first entry of the chain'`,
    );
    // The chain begins with the hash of all that was written before it. Instants as seconds, whatever the zone of the session.
    await db.query(`
      INSERT INTO audit_head (seq, hash)
      SELECT 0, sha256(convert_to(coalesce(string_agg(jsonb_build_array(entry_id, extract(epoch FROM at), staff_id, who,
               action, object, tenant_id, before, after, reason, host(from_address), request_id)::text, E'\\n'
               ORDER BY entry_id), ''), 'UTF8'))
        FROM audit_log WHERE seq IS NULL`);

    await db.query('REVOKE INSERT ON audit_log FROM paloma_staff');
    await db.query('GRANT SELECT ON audit_head TO paloma_staff');
    await db.query('GRANT SELECT, UPDATE ON audit_head TO paloma_door');
    await db.query(
      'DROP FUNCTION door_audit(uuid, timestamptz, uuid, text, text, text, uuid, jsonb, jsonb, text, inet, text)',
    );
    // What goes into the hash is what the table will give back, so the database says first how it writes addresses and JSON.
    await db.query(`
      CREATE FUNCTION door_audit_head(before jsonb, after jsonb, from_address inet)
      RETURNS TABLE (seq bigint, hash bytea, before_text text, after_text text, address_text text)
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
          RAISE EXCEPTION 'audit entries are written in READ COMMITTED transactions, which see the end of the chain';
        END IF;
        RETURN QUERY SELECT h.seq, h.hash, before::text, after::text, host(from_address) FROM audit_head h FOR UPDATE;
      END $$`);
    await db.query(`CALL paloma_make_door('door_audit_head(jsonb, jsonb, inet)')`);
    await db.query(`
      CREATE FUNCTION door_audit(place bigint, chained bytea, signed text, entry_id uuid, at timestamptz, staff_id uuid,
        who text, action text, object text, tenant_id uuid, before jsonb, after jsonb, reason text, from_address inet,
        request_id text, user_agent text, session_id uuid) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        UPDATE audit_head h SET seq = place, hash = chained, signature = signed WHERE h.seq = place - 1;
        IF NOT FOUND THEN RAISE EXCEPTION 'entry % does not follow the end of the audit log', place; END IF;
        INSERT INTO audit_log (entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason,
                               from_address, request_id, seq, hash, session_id, user_agent)
        VALUES (entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason,
                from_address, request_id, place, chained, session_id, user_agent);
      END $$`);
    await db.query(
      `CALL paloma_make_door('door_audit(bigint, bytea, text, uuid, timestamptz, uuid, text, text, text, uuid, jsonb, jsonb, text, inet, text, text, uuid)')`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_audit, door_audit_head');
    await db.query('DROP TABLE audit_head');
    await db.query('DROP INDEX audit_log_by_who, audit_log_by_object');
    await db.query('ALTER TABLE audit_log DROP seq, DROP hash, DROP session_id, DROP user_agent');
    await db.query('GRANT INSERT ON audit_log TO paloma_staff');
    await db.query(`
      CREATE FUNCTION door_audit(entry_id uuid, at timestamptz, staff_id uuid, who text, action text, object text,
        tenant_id uuid, before jsonb, after jsonb, reason text, from_address inet, request_id text) RETURNS void
      LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO audit_log (entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason,
                               from_address, request_id)
        VALUES (entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason, from_address, request_id) $$`);
    await db.query(`
      CALL paloma_make_door('door_audit(uuid, timestamptz, uuid, text, text, text, uuid, jsonb, jsonb, text, inet, text)')`);
  }
}
