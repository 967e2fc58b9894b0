import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links that let somebody without an account connect one number of a tenant. Written by libs/tenants. */
export class SetupLinks1795305600031 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE setup_links (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        link_id    uuid NOT NULL,
        secret     bytea NOT NULL,
        signup_id  uuid,
        made_by    text NOT NULL,
        return_url text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        opened_at  timestamptz,
        used_at    timestamptz,
        revoked_at timestamptz,
        PRIMARY KEY (tenant_id, link_id)
      )`);
    await db.query(`COMMENT ON COLUMN setup_links.secret IS 'SHA-256 of what the link holds'`);
    await db.query(
      `COMMENT ON COLUMN setup_links.signup_id IS 'The one signup it is good for, begun when it is first opened; opened again, it resumes it'`,
    );
    await db.query(`COMMENT ON COLUMN setup_links.made_by IS 'user:id, key:id or staff:address'`);
    await db.query(`COMMENT ON COLUMN setup_links.used_at IS 'When its signup went live; it opens nothing any more'`);
    await db.query(`CALL paloma_protect('setup_links', 'SELECT', 'INSERT', 'UPDATE')`);
    // Staff make them too, in the scope of the one tenant they are for.
    await db.query('GRANT INSERT, UPDATE ON setup_links TO paloma_staff');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE setup_links');
  }
}
