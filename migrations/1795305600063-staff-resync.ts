import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Staff ask that an account be compared with Meta now: through own_rows, so within one tenant, they may say that it is due
 * and nothing else. The asking is done by the apps that do it anyway.
 */
export class StaffResync1795305600063 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('GRANT INSERT, UPDATE (due_at) ON template_syncs TO paloma_staff');
    await db.query('GRANT UPDATE (looked_at) ON wabas TO paloma_staff');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE UPDATE (looked_at) ON wabas FROM paloma_staff');
    await db.query('REVOKE INSERT, UPDATE (due_at) ON template_syncs FROM paloma_staff');
  }
}
