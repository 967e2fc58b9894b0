import { numberById } from '../graph-account.js';
import { type DoStep, needed } from '../step-tools.js';

/** Only who has the number gets Meta's code: the merchant asks for it and enters it, on the page of the number. */
export const verifyNumber: DoStep = async ({ facts, token }, { graph }) => {
  const number = await numberById(graph, needed(facts.phoneNumberId, 'a number'), needed(token, 'a token'));
  return number.code_verification_status === 'VERIFIED' ? { is: 'done' } : { is: 'held-up', cause: 'code_needed' };
};
