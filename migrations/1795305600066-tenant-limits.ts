import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How much of some things the provider lets a tenant have. Written by libs/tenant-limits. */
export class TenantLimits1795305600066 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE tenant_limits (
        tenant_id uuid NOT NULL REFERENCES tenants,
        what      text NOT NULL CHECK (what IN ('numbers', 'media_bytes')),
        most      bigint NOT NULL CHECK (most >= 0),
        set_at    timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, what)
      )`);
    await db.query(`COMMENT ON TABLE tenant_limits IS 'Without a row there is no limit'`);
    await db.query(`CALL paloma_protect('tenant_limits', 'SELECT')`);
    await db.query('GRANT INSERT, UPDATE, DELETE ON tenant_limits TO paloma_staff');
    await db.query(`CALL paloma_erasable('tenant_limits')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE tenant_limits');
  }
}
