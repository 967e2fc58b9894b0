import { isSendable, stateForSending, TEMPLATE_STATES } from './index.js';

const now = new Date('2026-11-23T12:00:00Z');
const later = new Date(now.getTime() + 1);

describe('a template that the provider holds back', () => {
  it.each(TEMPLATE_STATES)('is never sent while it is held, and never because of it: %s', (state) => {
    expect(isSendable(stateForSending(state, later, now))).toBe(false);
    if (!isSendable(state)) expect(stateForSending(state, later, now)).toBe(state);
  });

  it.each(TEMPLATE_STATES)('is what Meta says when the hold is over, to the instant: %s', (state) => {
    for (const until of [null, now]) expect(stateForSending(state, until, now)).toBe(state);
  });
});
