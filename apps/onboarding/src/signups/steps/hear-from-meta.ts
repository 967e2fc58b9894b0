import { type DoStep, needed } from '../step-tools.js';

/**
 * Whether an event of the account has reached us by now, which proves the whole way from Meta: PARTNER_ADDED comes with
 * every signup, often before it is done. The handshake has proven our callback already, so nobody waits for it; when the
 * first event comes it stands in the news of the signup.
 */
export const hearFromMeta: DoStep = async ({ tenantId, facts }, { db, wabas }) => {
  const heard = await db.inTenant(tenantId, async (tx) => {
    const waba = await wabas.waba(tx, tenantId, { metaWabaId: needed(facts.wabaId, 'a WABA id') });
    if (!waba) return false;
    const rows: unknown[] = await tx.query(
      'SELECT 1 FROM tenant_events WHERE tenant_id = $1 AND waba_id = $2 LIMIT 1',
      [tenantId, waba.wabaId],
    );
    return rows.length > 0;
  });
  return heard ? { is: 'done' } : { is: 'skipped', note: 'no_event_yet' };
};
