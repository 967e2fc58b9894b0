import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Before a tenant is erased its holds are ended, so that billing gives them back to the wallet, which stays. */
export class HoldsOfTheErased1795305600098 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Through own_rows, so within the scope of the one tenant that is erased.
    await db.query('GRANT UPDATE (ended) ON wallet_holds TO paloma_staff');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE UPDATE (ended) ON wallet_holds FROM paloma_staff');
  }
}
