import { countRegistration, type PhoneNumber } from '#libs/wabas';
import { newPin } from '../../numbers/new-pin.js';
import { isRegistered, numberById } from '../graph-account.js';
import { type DoStep, needed, type StepInput, type StepTools } from '../step-tools.js';

/**
 * The number with its two-step PIN, which is made and kept sealed before Meta hears of it: a PIN that only Meta knew would
 * lock us out.
 */
async function numberToRegister(
  { tenantId, facts }: StepInput,
  { db, wabas }: StepTools,
  metaPhoneNumberId: string,
): Promise<{ number: PhoneNumber; pin: string }> {
  return db.inTenant(tenantId, async (tx) => {
    const held = await wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId });
    const known = held && wabas.pinOf(held);
    if (held && known) return { number: held, pin: known };
    const metaWabaId = needed(facts.wabaId, 'a WABA id');
    const { wabaId } = needed((await wabas.waba(tx, tenantId, { metaWabaId })) ?? undefined, 'a saved WABA');
    const displayPhoneNumber = facts.displayPhoneNumber ?? '';
    const pin = newPin();
    const number = await wabas.savePhoneNumber(tx, tenantId, { wabaId, metaPhoneNumberId, displayPhoneNumber, pin });
    return { number, pin };
  });
}

/**
 * Registers the number on the Cloud API, which also sets its PIN; ten times in 72 h at most (Meta, registration,
 * 2025-11-04), so a number that is registered already is left alone. Numbers that stay in the WhatsApp Business app are
 * never registered (Meta, coexistence).
 */
export const registerNumber: DoStep = async (at, tools) => {
  const metaId = at.facts.phoneNumberId;
  if (!metaId) return { is: 'held-up', cause: 'no_number' };
  const token = needed(at.token, 'a token');
  const number = await numberById(tools.graph, metaId, token);
  if (number.is_on_biz_app ?? at.facts.coexistence) return { is: 'skipped', facts: { coexistence: true } };
  if (isRegistered(number)) return { is: 'done' };
  const { number: held, pin } = await numberToRegister(at, tools, metaId);
  const now = tools.clock.now();
  const retryAt = await tools.db.inTenant(at.tenantId, (tx) =>
    countRegistration(tx, at.tenantId, held.phoneNumberId, now),
  );
  if (retryAt) return { is: 'held-up', cause: 'register_limit', retryInMs: retryAt.getTime() - now.getTime() };
  await tools.graph.call({
    method: 'POST',
    path: `/${metaId}/register`,
    body: { messaging_product: 'whatsapp', pin },
    token,
  });
  return { is: 'done' };
};
