import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Applications of merchants whom the provider's agents connect (classic registration). Written by libs/applications. */
export class Applications1795305600033 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE applications (
        tenant_id           uuid NOT NULL REFERENCES tenants,
        application_id      uuid NOT NULL,
        state               text NOT NULL CHECK (state IN
          ('unconfirmed', 'waiting', 'claimed', 'question', 'approved', 'declined', 'withdrawn')),
        company             text NOT NULL,
        country             char(2) NOT NULL,
        registration_number text NOT NULL,
        website             text,
        contact_name        text NOT NULL,
        contact_email       text NOT NULL,
        phone               text NOT NULL,
        display_name        text NOT NULL,
        monthly_messages    integer NOT NULL,
        trade               text NOT NULL,
        use_cases           text NOT NULL,
        language            char(2) NOT NULL,
        findings            jsonb NOT NULL DEFAULT '[]',
        claimed_by          text,
        due_at              timestamptz,
        paused_at           timestamptz,
        reason              text,
        signup_id           uuid,
        follow_up           boolean NOT NULL DEFAULT false,
        told_up_to          uuid,
        created_at          timestamptz NOT NULL,
        updated_at          timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, application_id)
      )`);
    await db.query(`COMMENT ON COLUMN applications.findings IS 'What the screening saw: duplicates, forbidden trades'`);
    await db.query(
      `COMMENT ON COLUMN applications.due_at IS 'When it should be decided; it stands still while we wait for the merchant'`,
    );
    await db.query(`COMMENT ON COLUMN applications.paused_at IS 'Since when the clock stands still'`);
    await db.query(
      `COMMENT ON COLUMN applications.follow_up IS 'A move of it still has to be told and carried out: those after told_up_to'`,
    );
    await db.query(
      `CREATE INDEX applications_queue ON applications (due_at) WHERE state IN ('waiting', 'claimed', 'question')`,
    );
    await db.query('CREATE INDEX applications_follow_up ON applications (application_id) WHERE follow_up');
    await db.query(`CALL paloma_protect('applications', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE application_entries (
        tenant_id      uuid NOT NULL,
        entry_id       uuid NOT NULL,
        application_id uuid NOT NULL,
        at             timestamptz NOT NULL,
        who            text NOT NULL,
        what           text NOT NULL,
        said           text,
        PRIMARY KEY (tenant_id, entry_id),
        FOREIGN KEY (tenant_id, application_id) REFERENCES applications
      )`);
    await db.query(`COMMENT ON COLUMN application_entries.who IS 'merchant, staff or system'`);
    await db.query(`CALL paloma_protect('application_entries', 'SELECT', 'INSERT')`);

    await db.query(`
      CREATE TABLE application_documents (
        tenant_id      uuid NOT NULL,
        document_id    uuid NOT NULL,
        application_id uuid NOT NULL,
        kind           text NOT NULL,
        name           text NOT NULL,
        type           text NOT NULL,
        bytes          bytea NOT NULL,
        created_at     timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, document_id),
        FOREIGN KEY (tenant_id, application_id) REFERENCES applications
      )`);
    await db.query(`COMMENT ON COLUMN application_documents.type IS 'By its bytes, not by its name'`);
    await db.query(`CALL paloma_protect('application_documents', 'SELECT', 'INSERT')`);

    await db.query('ALTER TABLE one_time_links DROP CONSTRAINT one_time_links_kind_check');
    await db.query(`
      ALTER TABLE one_time_links ADD CONSTRAINT one_time_links_kind_check
        CHECK (kind IN ('confirm-email', 'reset-password', 'invitation', 'confirm-application'))`);

    // Staff decide in the scope of the one tenant it is about.
    await db.query('GRANT UPDATE ON applications TO paloma_staff');
    await db.query('GRANT INSERT ON application_entries TO paloma_staff');

    await db.query('GRANT SELECT ON applications TO paloma_door');
    await db.query('CREATE POLICY door_reads ON applications FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_application_twins(own uuid, land text, number text, site text, digits text)
      RETURNS TABLE (same text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT unnest(ARRAY[
                 CASE WHEN a.country = land AND upper(regexp_replace(a.registration_number, '[^0-9A-Za-z]', '', 'g')) = number
                      THEN 'registration_number' END,
                 CASE WHEN site <> '' AND a.website = site THEN 'website' END,
                 CASE WHEN regexp_replace(a.phone, '[^0-9]', '', 'g') = digits THEN 'phone' END])
          FROM applications a
         WHERE a.application_id <> own AND a.state NOT IN ('declined', 'withdrawn') $$`);
    await db.query(
      `COMMENT ON FUNCTION door_application_twins IS 'By what other applications are the same; not whose they are'`,
    );
    await db.query(`CALL paloma_make_door('door_application_twins(uuid, text, text, text, text)')`);
    await db.query(`
      CREATE FUNCTION door_applications_to_follow() RETURNS TABLE (tenant_id uuid, application_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT a.tenant_id, a.application_id FROM applications a WHERE a.follow_up ORDER BY a.application_id LIMIT 100 $$`);
    await db.query(`CALL paloma_make_door('door_applications_to_follow()')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_applications_to_follow, door_application_twins');
    await db.query('DROP TABLE application_documents, application_entries, applications');
  }
}
