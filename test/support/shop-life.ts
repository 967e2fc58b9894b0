import { newId } from '#libs/ids';
import type { TestDatabase } from './database.js';
import type { FoundedNumber } from './numbers.js';

/** What a contact does in a merchant's shop, as it leaves rows that name it by its id alone. */
export async function buyInShop(
  database: TestDatabase,
  { tenantId, phoneNumberId }: FoundedNumber,
  contactId: string,
): Promise<void> {
  const at = new Date();
  const [automation, event, run] = [newId(at), newId(at), newId(at)];
  const said = JSON.stringify({ ship_to: `street of ${contactId}` });
  const insert = (table: string, row: Record<string, unknown>) => {
    const all = { tenant_id: tenantId, ...row };
    return database.owner.query(
      `INSERT INTO ${table} (${Object.keys(all)}) VALUES (${Object.keys(all).map((_, i) => `$${i + 1}`)})`,
      Object.values(all),
    );
  };
  await insert('automations', {
    automation_id: automation,
    name: `carts ${automation}`,
    phone_number_id: phoneNumberId,
    trigger_kind: 'cart.abandoned',
    enabled: true,
    version: 1,
    updated_at: at,
  });
  await insert('automation_versions', {
    automation_id: automation,
    version: 1,
    definition: '{}',
    made_by: 'key:1',
    made_at: at,
  });
  await insert('shop_events', {
    event_id: event,
    source: 'api',
    given_id: event,
    kind: 'cart.abandoned',
    at,
    contact_id: contactId,
    subject: 'cart 1',
    data: said,
  });
  await insert('automation_runs', {
    run_id: run,
    automation_id: automation,
    version: 1,
    event_id: event,
    contact_id: contactId,
    subject: 'cart 1',
    data: said,
    triggered_at: at,
    next_step: 1,
    goal_kinds: '{}',
    goal_scope: 'subject',
    state: 'waiting',
    due_at: new Date(at.getTime() + 86_400_000),
  });
  await insert('automation_steps', { run_id: run, step: 0, state: 'sent', body: said, at });
  await insert('shop_orders', {
    order_id: newId(at),
    contact_id: contactId,
    phone_number_id: phoneNumberId,
    meta_message_id: `wamid.${contactId}`,
    note: said,
    total: 10,
    currency: 'USD',
    at,
  });
}

/** In how many rows of each table that is still to be read. */
export async function tracesInShop(database: TestDatabase, contactId: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of ['shop_events', 'automation_runs', 'automation_steps', 'shop_orders']) {
    const { rows } = await database.owner.query(`SELECT FROM ${table} t WHERE t::text LIKE $1`, [
      `%street of ${contactId}%`,
    ]);
    found[table] = rows.length;
  }
  return found;
}
