import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happened to a contact that became another's happened to the other; nothing else of an event ever changes. */
export class MergedContacts1795305600070 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('GRANT UPDATE (contact_id) ON shop_events TO paloma_tenant');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE UPDATE (contact_id) ON shop_events FROM paloma_tenant');
  }
}
