import { fateOfWaiting, isSendable, TEMPLATE_STATES, whyNotSendable } from './index.js';

describe('what waits to be sent with a template', () => {
  it('goes out exactly while Meta would take it', () => {
    for (const state of TEMPLATE_STATES) expect(fateOfWaiting(state).fate === 'send').toBe(isSendable(state));
  });

  it('waits for the end of a pause or a review, and fails with everything else', () => {
    const held = TEMPLATE_STATES.filter((state) => fateOfWaiting(state).fate === 'hold');
    expect(held.sort()).toEqual(['in_appeal', 'paused', 'pending']);
    expect(fateOfWaiting('paused')).toEqual({ fate: 'hold', why: 'template_paused' });
  });

  it('never fails without a code of Meta’s to say why', () => {
    for (const state of TEMPLATE_STATES) {
      if (fateOfWaiting(state).fate === 'fail') expect(whyNotSendable(state)).toBeDefined();
    }
  });
});
