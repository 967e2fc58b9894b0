import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What customers agreed to. Records are a history and are never changed; states say what holds now. Written by libs/consent.
 * The identifiers of a contact (libs/contacts) are compared by their line: a number in the one form under which numbers are
 * compared (libs/phone-numbers), or a business-scoped user id.
 */
export class Consent1795305600048 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE contact_identifiers ADD COLUMN line text');
    await db.query(`
      COMMENT ON COLUMN contact_identifiers.line IS
        'The number in the one form under which numbers are compared, or the user id; null for a username'`);
    await db.query(`
      UPDATE contact_identifiers SET line = regexp_replace(regexp_replace(regexp_replace(ltrim(value, '+'),
          '^(55[1-9]\\d)([6-9]\\d{7})$', '\\19\\2'), '^521([2-9]\\d{9})$', '52\\1'), '^54([1-8]\\d{9})$', '549\\1')
       WHERE kind <> 'username'`);
    await db.query('CREATE INDEX contact_identifiers_line ON contact_identifiers (tenant_id, line)');

    await db.query(`
      CREATE TABLE consent_records (
        tenant_id   uuid NOT NULL REFERENCES tenants,
        line        text NOT NULL,
        record_id   uuid NOT NULL,
        purpose     text NOT NULL CHECK (purpose IN ('marketing', 'utility')),
        state       text NOT NULL CHECK (state IN ('asked', 'granted', 'withdrawn')),
        at          timestamptz NOT NULL,
        source      text NOT NULL,
        wording     text,
        proof       json NOT NULL,
        made_by     text,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, line, record_id)
      )`);
    await db.query(
      `COMMENT ON COLUMN consent_records.at IS 'When the customer said so, which may be long before we heard'`,
    );
    await db.query(`COMMENT ON COLUMN consent_records.wording IS 'What the customer was shown, word for word'`);
    await db.query(`COMMENT ON COLUMN consent_records.proof IS 'Of the source: page, message, import and the like'`);
    await db.query(`COMMENT ON COLUMN consent_records.made_by IS 'user:id or key:id, for what came through the API'`);
    await db.query(`CALL paloma_protect('consent_records', 'SELECT', 'INSERT')`);

    await db.query(`
      CREATE TABLE consent_states (
        tenant_id uuid NOT NULL REFERENCES tenants,
        line      text NOT NULL,
        purpose   text NOT NULL,
        state     text NOT NULL,
        at        timestamptz NOT NULL,
        source    text NOT NULL,
        record_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, line, purpose),
        FOREIGN KEY (tenant_id, line, record_id) REFERENCES consent_records
      )`);
    await db.query('CREATE INDEX consent_states_by_record ON consent_states (tenant_id, purpose, state, record_id)');
    await db.query(`CALL paloma_protect('consent_states', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE consent_settings (
        tenant_id     uuid NOT NULL REFERENCES tenants,
        opt_in_for    text[] NOT NULL DEFAULT '{}',
        stop_words    text[] NOT NULL DEFAULT '{}',
        start_words   text[] NOT NULL DEFAULT '{}',
        updated_at    timestamptz NOT NULL,
        PRIMARY KEY (tenant_id)
      )`);
    await db.query(`
      COMMENT ON COLUMN consent_settings.opt_in_for IS
        'Purposes for which silence is no consent: only who has granted it may be written to'`);
    await db.query(`CALL paloma_protect('consent_settings', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query('GRANT SELECT ON consent_states, consent_settings TO paloma_door');
    for (const table of ['consent_states', 'consent_settings']) {
      await db.query(`CREATE POLICY door_reads ON ${table} FOR SELECT TO paloma_door USING (true)`);
    }
    // Whom nothing stops is not among the answers; "nth" says which question a row answers.
    await db.query(`
      CREATE FUNCTION door_stopped(tenant_ids uuid[], lines text[], purposes text[])
      RETURNS TABLE (nth bigint, state text, at timestamptz, source text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT a.nth, s.state, s.at, s.source
          FROM unnest(tenant_ids, lines, purposes) WITH ORDINALITY AS a(tenant_id, line, purpose, nth)
          LEFT JOIN consent_states s ON s.tenant_id = a.tenant_id AND s.line = a.line AND s.purpose = a.purpose
          LEFT JOIN consent_settings c ON c.tenant_id = a.tenant_id
         WHERE s.state = 'withdrawn' OR (a.purpose = ANY (c.opt_in_for) AND s.state IS DISTINCT FROM 'granted') $$`);
    await db.query(`CALL paloma_make_door('door_stopped(uuid[], text[], text[])')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_stopped');
    await db.query('DROP TABLE consent_settings, consent_states, consent_records');
    await db.query('ALTER TABLE contact_identifiers DROP COLUMN line');
  }
}
