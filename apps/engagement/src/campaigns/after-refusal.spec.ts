import { REFUSALS } from '#libs/error-catalogue';
import { afterRefusal, MOST_TRIES, retryDelayMs } from './after-refusal.js';

describe('a message that the gateway does not take', () => {
  it.each([
    ['recipient_opted_out', { follows: 'give_up' }],
    ['template_parameter_format', { follows: 'give_up' }], // of this recipient's own parameters
    ['balance_exhausted', { follows: 'pause', cause: 'balance' }],
    ['template_paused', { follows: 'pause', cause: 'template_state' }],
    ['number_restricted', { follows: 'pause', cause: 'number' }],
    ['tier_exhausted', { follows: 'wait' }],
    ['temporarily_unavailable', { follows: 'try_again' }],
    ['heard of by nobody', { follows: 'give_up' }],
  ])('because of %s', (reason, after) => expect(afterRefusal(reason)).toEqual(after));

  it('is given up only where waiting does not help', () => {
    const given = Object.entries(REFUSALS).filter(
      ([reason, { waitHelps }]) => waitHelps && afterRefusal(reason).follows === 'give_up',
    );
    expect(given.map(([reason]) => reason)).toEqual([
      'idempotency_in_progress',
      'pin_guesses_exceeded',
      'code_not_sent',
      'registration_limit',
    ]);
  });

  it('is tried again later and later', () => {
    const delays = Array.from({ length: MOST_TRIES }, (_, i) => retryDelayMs(i));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays[0]).toBe(30_000);
  });
});
