import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files that tenants send and their customers sent them. All four tables are written by libs/media-store. */
export class Media1795305600012 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE media_objects (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
        file_size  bigint NOT NULL,
        stored     boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, sha256)
      )`);
    await db.query(`COMMENT ON TABLE media_objects IS 'Bytes in the media store, once per tenant and content'`);
    await db.query(`
      COMMENT ON COLUMN media_objects.stored IS
        'False while bytes are put or taken away: then they may be in the store or not, and nothing reads them'`);
    await db.query(`CALL paloma_protect('media_objects', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE media (
        tenant_id       uuid NOT NULL,
        media_id        text NOT NULL,
        phone_number_id uuid NOT NULL,
        origin          text NOT NULL CHECK (origin IN ('upload', 'inbound')),
        sha256          bytea,
        mime_type       text NOT NULL,
        file_name       text,
        created_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, media_id),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers,
        FOREIGN KEY (tenant_id, sha256) REFERENCES media_objects
      )`);
    await db.query(`
      COMMENT ON COLUMN media.media_id IS 'Ours for an upload, Meta''s for what a customer sent; digits in either case'`);
    await db.query(`COMMENT ON COLUMN media.sha256 IS 'Null while the bytes of inbound media are not copied yet'`);
    await db.query('CREATE INDEX media_by_object ON media (tenant_id, sha256)');
    await db.query('CREATE INDEX media_by_age ON media (tenant_id, created_at)');
    await db.query(`CALL paloma_protect('media', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE media_copies (
        tenant_id       uuid NOT NULL,
        media_id        text NOT NULL,
        phone_number_id uuid NOT NULL,
        status          text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'parked')),
        attempts        smallint NOT NULL DEFAULT 0,
        due_at          timestamptz NOT NULL,
        note            text,
        PRIMARY KEY (tenant_id, media_id),
        FOREIGN KEY (tenant_id, media_id) REFERENCES media ON DELETE CASCADE
      )`);
    await db.query(
      `COMMENT ON TABLE media_copies IS 'Inbound media to be fetched from Meta; a row goes when its bytes are here'`,
    );
    await db.query(`
      CREATE INDEX media_copies_waiting ON media_copies (tenant_id, phone_number_id, due_at) WHERE status = 'waiting'`);
    await db.query(`CALL paloma_protect('media_copies', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
    await db.query('GRANT SELECT ON media_copies TO paloma_door');
    await db.query('CREATE POLICY door_reads ON media_copies FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_numbers_with_media_to_copy(at timestamptz) RETURNS TABLE (tenant_id uuid, phone_number_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT c.tenant_id, c.phone_number_id FROM media_copies c
         WHERE c.status = 'waiting' AND c.due_at <= at $$`);
    await db.query(`CALL paloma_make_door('door_numbers_with_media_to_copy(timestamptz)')`);

    await db.query(`
      CREATE TABLE media_at_meta (
        tenant_id       uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        sha256          bytea NOT NULL,
        mime_type       text NOT NULL,
        meta_media_id   text NOT NULL,
        expires_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, phone_number_id, sha256, mime_type),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers,
        FOREIGN KEY (tenant_id, sha256) REFERENCES media_objects ON DELETE CASCADE
      )`);
    await db.query(
      `COMMENT ON TABLE media_at_meta IS 'Under which id of Meta''s a number can send a file, and until when'`,
    );
    await db.query(`CALL paloma_protect('media_at_meta', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_numbers_with_media_to_copy');
    await db.query('DROP TABLE media_at_meta, media_copies, media, media_objects');
  }
}
