import fc from 'fast-check';
import { MESSAGE_STATUSES } from '#libs/message-status';
import { count, emptyFunnel } from './funnel.js';

describe('the delivery funnel', () => {
  it('never has more read than delivered than sent than accepted, and accounts for every message once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...MESSAGE_STATUSES), fc.nat(1_000))), (standing) => {
        const f = emptyFunnel();
        for (const [status, messages] of standing) count(f, status, messages);
        expect(f.read).toBeLessThanOrEqual(f.delivered);
        expect(f.delivered).toBeLessThanOrEqual(f.sent);
        expect(f.open + f.sent + f.failed + f.expired + f.cancelled).toBe(f.accepted);
      }),
    );
  });
});
