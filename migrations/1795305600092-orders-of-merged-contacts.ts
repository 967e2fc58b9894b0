import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a contact ordered that became another's the other ordered; nothing else of an order ever changes. */
export class OrdersOfMergedContacts1795305600092 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('GRANT UPDATE (contact_id) ON shop_orders TO paloma_tenant');
    await db.query(`
      UPDATE shop_orders o SET contact_id = c.merged_into FROM contacts c
       WHERE c.tenant_id = o.tenant_id AND c.contact_id = o.contact_id AND c.merged_into IS NOT NULL`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE UPDATE (contact_id) ON shop_orders FROM paloma_tenant');
  }
}
