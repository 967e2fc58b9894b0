import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The provider's staff. Written by the admin app; tenants' apps cannot see it. */
export class Staff1795305600011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_users (
        staff_id      uuid PRIMARY KEY,
        email         text NOT NULL UNIQUE CHECK (email = lower(email)),
        password_hash text NOT NULL,
        role          text NOT NULL CHECK (role IN ('administrator', 'onboarding', 'support', 'billing', 'auditor')),
        created_at    timestamptz NOT NULL
      )`);
    await db.query('GRANT SELECT, INSERT, UPDATE ON staff_users TO paloma_staff');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE staff_users');
  }
}
