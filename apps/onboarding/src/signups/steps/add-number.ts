import { putOnList } from '../graph-account.js';
import { type DoStep, needed } from '../step-tools.js';

/** Adds the number that was applied for to the account; one that is on its list already is not added again. */
export const addNumber: DoStep = async ({ facts, token }, { graph }) => {
  if (facts.phoneNumberId) return { is: 'done' };
  const wanted = needed(facts.wanted, 'a wanted number');
  const id = await putOnList(graph, needed(facts.wabaId, 'a WABA id'), needed(token, 'a token'), wanted);
  if (!id) return { is: 'held-up', cause: 'no_number' };
  return { is: 'done', facts: { phoneNumberId: id, displayPhoneNumber: wanted.phone, coexistence: false } };
};
