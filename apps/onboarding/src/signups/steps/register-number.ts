import { newPin } from '../../numbers/new-pin.js';
import { isRegistered, numberById } from '../graph-account.js';
import { type DoStep, needed, type StepInput, type StepTools } from '../step-tools.js';

/** The number's two-step PIN, made and kept sealed before Meta hears of it: a PIN that only Meta knew would lock us out. */
async function pinToUse({ tenantId, facts }: StepInput, { db, wabas }: StepTools, metaId: string): Promise<string> {
  return db.inTenant(tenantId, async (tx) => {
    const number = await wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: metaId });
    const known = number && wabas.pinOf(number);
    if (known) return known;
    const pin = newPin();
    const waba = needed(
      (await wabas.waba(tx, tenantId, { metaWabaId: needed(facts.wabaId, 'a WABA id') })) ?? undefined,
      'a saved WABA',
    );
    await wabas.savePhoneNumber(tx, tenantId, {
      wabaId: waba.wabaId,
      metaPhoneNumberId: metaId,
      displayPhoneNumber: facts.displayPhoneNumber ?? '',
      pin,
    });
    return pin;
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
  const pin = await pinToUse(at, tools, metaId);
  await tools.graph.call({
    method: 'POST',
    path: `/${metaId}/register`,
    body: { messaging_product: 'whatsapp', pin },
    token,
  });
  return { is: 'done' };
};
