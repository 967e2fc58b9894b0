import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a merchant knows of its customers (written by libs/contacts), and files of them on their way in (the engagement app). */
export class ContactBook1795305600049 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE contacts ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}', ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
        ADD COLUMN merged_into uuid, ADD COLUMN gone_at timestamptz`);
    await db.query(`
      COMMENT ON COLUMN contacts.gone_at IS
        'Merged into another, or erased: the row stays, empty, for what names it, and no list shows it'`);
    await db.query('CREATE INDEX contacts_tags ON contacts USING gin (tags)');

    await db.query(`
      CREATE TABLE contact_attributes (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        key        text NOT NULL,
        type       text NOT NULL CHECK (type IN ('text', 'number', 'boolean', 'date', 'instant')),
        label      text,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, key)
      )`);
    await db.query(`COMMENT ON TABLE contact_attributes IS 'What may be kept of a contact, and of which type it is'`);
    await db.query(`CALL paloma_protect('contact_attributes', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE contact_notes (
        tenant_id  uuid NOT NULL,
        note_id    uuid NOT NULL,
        contact_id uuid NOT NULL,
        text       text NOT NULL,
        made_by    text NOT NULL,
        PRIMARY KEY (tenant_id, note_id),
        FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts
      )`);
    await db.query(`COMMENT ON COLUMN contact_notes.made_by IS 'user:id or key:id'`);
    await db.query('CREATE INDEX contact_notes_of ON contact_notes (tenant_id, contact_id, note_id)');
    await db.query(`CALL paloma_protect('contact_notes', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE contact_activity (
        tenant_id  uuid NOT NULL,
        contact_id uuid NOT NULL,
        did        text NOT NULL CHECK (did IN ('clicked', 'bought')),
        first_at   timestamptz NOT NULL,
        last_at    timestamptz NOT NULL,
        times      bigint NOT NULL,
        PRIMARY KEY (tenant_id, contact_id, did),
        FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts
      )`);
    await db.query(`
      COMMENT ON TABLE contact_activity IS 'What customers did, one row for each kind of it, so that segments need no history'`);
    await db.query(`CALL paloma_protect('contact_activity', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
    await db.query(`
      CREATE TABLE contact_imports (
        tenant_id   uuid NOT NULL REFERENCES tenants,
        import_id   uuid NOT NULL,
        name        text,
        state       text NOT NULL CHECK (state IN ('receiving', 'waiting', 'done', 'failed', 'cancelled')),
        reason      text,
        plan        json NOT NULL,
        bytes       bigint NOT NULL DEFAULT 0,
        rows        bigint NOT NULL DEFAULT 0,
        rows_done   bigint NOT NULL DEFAULT 0,
        created     bigint NOT NULL DEFAULT 0,
        updated     bigint NOT NULL DEFAULT 0,
        refused     bigint NOT NULL DEFAULT 0,
        made_by     text NOT NULL,
        touched_at  timestamptz NOT NULL,
        finished_at timestamptz,
        PRIMARY KEY (tenant_id, import_id)
      )`);
    await db.query(`COMMENT ON COLUMN contact_imports.plan IS 'What each column means, and what holds for every row'`);
    await db.query(`COMMENT ON COLUMN contact_imports.rows IS 'As many as have come so far, without the header'`);
    await db.query(`CALL paloma_protect('contact_imports', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query(`
      CREATE TABLE contact_import_pieces (
        tenant_id uuid NOT NULL,
        import_id uuid NOT NULL,
        nth       integer NOT NULL,
        first_row bigint NOT NULL,
        bytes     bytea NOT NULL,
        PRIMARY KEY (tenant_id, import_id, nth),
        FOREIGN KEY (tenant_id, import_id) REFERENCES contact_imports
      )`);
    await db.query(`
      COMMENT ON TABLE contact_import_pieces IS
        'The file, in pieces of whole rows; a piece goes in the transaction that takes its rows in, so whoever dies in between leaves all of it'`);
    // Compressing what is read once and deleted would only cost.
    await db.query('ALTER TABLE contact_import_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL');
    await db.query(`CALL paloma_protect('contact_import_pieces', 'SELECT', 'INSERT', 'DELETE')`);
    await db.query(`
      CREATE TABLE contact_import_refusals (
        tenant_id uuid NOT NULL,
        import_id uuid NOT NULL,
        row       bigint NOT NULL,
        reason    text NOT NULL,
        content   text NOT NULL,
        PRIMARY KEY (tenant_id, import_id, row),
        FOREIGN KEY (tenant_id, import_id) REFERENCES contact_imports
      )`);
    await db.query(`CALL paloma_protect('contact_import_refusals', 'SELECT', 'INSERT', 'DELETE')`);

    await db.query('GRANT SELECT ON contact_imports TO paloma_door');
    await db.query('CREATE POLICY door_reads ON contact_imports FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE INDEX contact_imports_open ON contact_imports (touched_at) WHERE state IN ('receiving', 'waiting')`);
    await db.query(`
      CREATE FUNCTION door_open_imports() RETURNS TABLE (tenant_id uuid, import_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT i.tenant_id, i.import_id FROM contact_imports i WHERE i.state IN ('receiving', 'waiting') $$`);
    await db.query(`CALL paloma_make_door('door_open_imports()')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_open_imports');
    await db.query('DROP TABLE contact_import_refusals, contact_import_pieces, contact_imports');
    await db.query('DROP TABLE contact_activity, contact_notes, contact_attributes');
    await db.query('DROP INDEX contacts_tags');
    await db.query(`
      ALTER TABLE contacts DROP COLUMN attributes, DROP COLUMN tags, DROP COLUMN merged_into, DROP COLUMN gone_at`);
  }
}
