import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { numbersOf } from '../graph-account.js';
import { type DoStep, needed } from '../step-tools.js';

/** Adds the number that was applied for to the account; one that is on its list already is not added again. */
export const addNumber: DoStep = async ({ facts, token: given }, { graph }) => {
  if (facts.phoneNumberId) return { is: 'done' };
  const token = needed(given, 'a token');
  const wabaId = needed(facts.wabaId, 'a WABA id');
  const { phone, displayName } = needed(facts.wanted, 'a wanted number');
  const parsed = parsePhoneNumberFromString(phone);
  if (!parsed) return { is: 'held-up', cause: 'no_number' };
  const digits = phone.replace(/\D/g, '');
  const held = (await numbersOf(graph, wabaId, token)).find(
    (n) => (n.display_phone_number ?? '').replace(/\D/g, '') === digits,
  );
  const id =
    held?.id ??
    (
      await graph.call<{ id: string }>({
        method: 'POST',
        path: `/${wabaId}/phone_numbers`,
        body: {
          cc: parsed.countryCallingCode,
          phone_number: parsed.nationalNumber,
          verified_name: displayName,
        },
        token,
      })
    ).id;
  return { is: 'done', facts: { phoneNumberId: id, displayPhoneNumber: phone, coexistence: false } };
};
