import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A tenant's customers. Written by the engagement app. */
export class Contacts1795305600010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE contacts (
        tenant_id    uuid NOT NULL REFERENCES tenants,
        contact_id   uuid NOT NULL,
        name         text,
        profile_name text,
        last_seen_at timestamptz,
        created_at   timestamptz NOT NULL,
        updated_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, contact_id)
      )`);
    await db.query(`COMMENT ON COLUMN contacts.name IS 'As the merchant calls them; null until they do'`);
    await db.query(`COMMENT ON COLUMN contacts.profile_name IS 'As they call themselves on WhatsApp'`);
    await db.query(`CALL paloma_protect('contacts', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
    await db.query(`
      CREATE TABLE contact_identifiers (
        tenant_id  uuid NOT NULL,
        kind       text NOT NULL CHECK (kind IN ('phone', 'wa_id', 'user_id', 'username')),
        value      text NOT NULL,
        contact_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, kind, value),
        FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts ON DELETE CASCADE
      )`);
    await db.query('CREATE INDEX contact_identifiers_of ON contact_identifiers (tenant_id, contact_id)');
    await db.query(`CALL paloma_protect('contact_identifiers', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE contact_identifiers, contacts');
  }
}
