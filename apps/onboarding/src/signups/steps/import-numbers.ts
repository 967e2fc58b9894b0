import { factsOfNumber, numbersOf } from '../graph-account.js';
import { type DoStep, needed } from '../step-tools.js';

/** How often to look whether Meta has connected a number. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Saves every number of the WABA as Graph shows it now; the signup is live when its own number is connected. One that was
 * given up here is passed over: anybody may connect it, and nobody asked for it now.
 */
export const importNumbers: DoStep = async ({ tenantId, facts, token }, { graph, db, wabas, numbers: known }) => {
  const metaWabaId = needed(facts.wabaId, 'a WABA id');
  const shown = await numbersOf(graph, metaWabaId, needed(token, 'a token'));
  const numbers = await db.inTenant(tenantId, async (tx) => {
    const ours: typeof shown = [];
    const waba = needed((await wabas.waba(tx, tenantId, { metaWabaId })) ?? undefined, 'a saved WABA');
    for (const number of shown) {
      if ((await known.find(tx, tenantId, number.id))?.care.state === 'released') continue;
      ours.push(number);
      await wabas.savePhoneNumber(tx, tenantId, { wabaId: waba.wabaId, ...factsOfNumber(number) });
    }
    if (facts.funding) await wabas.describeWaba(tx, tenantId, waba.wabaId, { funding: facts.funding });
    const limit = shown.find((n) => n.whatsapp_business_manager_messaging_limit);
    if (limit?.whatsapp_business_manager_messaging_limit) {
      await wabas.setMessagingLimit(tx, tenantId, waba.portfolioId, limit.whatsapp_business_manager_messaging_limit);
    }
    return ours;
  });
  const own = numbers.find((n) => n.id === facts.phoneNumberId);
  if (!own) return { is: 'held-up', cause: 'no_number' };
  if (own.status !== 'CONNECTED') return { is: 'held-up', cause: 'number_pending', retryInMs: LOOK_AGAIN_MS };
  return { is: 'done', facts: { displayPhoneNumber: own.display_phone_number } };
};
