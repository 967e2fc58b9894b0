import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A number is DISCONNECTED because the merchant deregistered it, or because Meta took back our access to it. Only the second
 * ends when Meta gives access again, so it is marked. Written by libs/wabas.
 */
export class LostAccess1795305600043 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE phone_numbers ADD COLUMN access_lost_at timestamptz');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE phone_numbers DROP COLUMN access_lost_at');
  }
}
