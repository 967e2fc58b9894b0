import type { MigrationInterface, QueryRunner } from 'typeorm';

const CLEARED = ['shop_events', 'automation_steps', 'automation_runs', 'shop_orders'];
const GRANTS = [
  ['DELETE', 'shop_events'],
  ['DELETE', 'automation_runs'],
  ['UPDATE (note, meta_message_id)', 'shop_orders'],
] as const;

/**
 * A contact that is deleted takes along what happened to it in shops, what automations did about it and what it noted on its
 * orders: once nothing says whose contact it was, no erasure would find that. So go those of contacts that were deleted before.
 */
export class WhatDeletedContactsLeft1795305600105 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const [privileges, table] of GRANTS) await db.query(`GRANT ${privileges} ON ${table} TO paloma_tenant`);
    // The tables' owner is bound by row-level security, too, unless it lifts that from itself.
    for (const table of [...CLEARED, 'contacts']) await db.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    const isGone = `(tenant_id, contact_id) IN (
      SELECT c.tenant_id, c.contact_id FROM contacts c WHERE c.gone_at IS NOT NULL AND c.merged_into IS NULL)`;
    await db.query(
      `DELETE FROM automation_steps WHERE (tenant_id, run_id) IN (
         SELECT tenant_id, run_id FROM automation_runs WHERE ${isGone})`,
    );
    await db.query(`DELETE FROM automation_runs WHERE ${isGone}`);
    await db.query(`DELETE FROM shop_events WHERE ${isGone}`);
    await db.query(`UPDATE shop_orders SET note = NULL, meta_message_id = order_id::text WHERE ${isGone}`);
    for (const table of [...CLEARED, 'contacts']) await db.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const [privileges, table] of GRANTS) await db.query(`REVOKE ${privileges} ON ${table} FROM paloma_tenant`);
  }
}
