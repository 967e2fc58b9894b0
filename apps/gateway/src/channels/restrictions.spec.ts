import { stoppedBy } from './restrictions.js';

const now = new Date('2026-11-22T12:00:00Z');
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const outside = { category: 'marketing', inWindow: false };
const reply = { category: null, inWindow: true };
const utility = { category: 'utility', inWindow: true };

describe('a restriction', () => {
  it.each([
    ['RESTRICTED_BIZ_INITIATED_MESSAGING', [true, false, false]],
    ['RESTRICTED_CUSTOMER_INITIATED_MESSAGING', [false, true, true]],
    ['RESTRICTED_UTILITY_TEMPLATES', [false, false, true]],
    ['RESTRICTED_ADD_PHONE_NUMBER_ACTION', [false, false, false]],
    ['RESTRICTED_BUSINESS_INITIATED_CALLING', [false, false, false]],
    ['provider: marketing', [true, false, false]],
    ['provider: sending', [true, true, true]],
    ['constructor', [false, false, false]],
  ])('%s stops what it names', (type, stopped) => {
    const restrictions = [{ type, until: at(1) }];
    expect([outside, reply, utility].map((m) => stoppedBy(restrictions, m, now) !== undefined)).toEqual(stopped);
  });

  it('ends at its very instant, and the one that ends last is named', () => {
    const type = 'RESTRICTED_BIZ_INITIATED_MESSAGING';
    expect(stoppedBy([{ type, until: now }], outside, now)).toBeUndefined();
    const [short, long, open] = [
      { type, until: at(1) },
      { type, until: at(2) },
      { type, until: undefined },
    ];
    expect(stoppedBy([short, long], outside, now)).toBe(long);
    expect(stoppedBy([long, open, short], outside, now)).toBe(open);
  });
});
