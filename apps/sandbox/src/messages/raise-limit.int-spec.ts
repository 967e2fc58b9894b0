import { Harness } from '../../testing/harness.js';
import type { Message, PhoneNumber } from '../state/records.js';
import { wanted } from './raise-limit.js';

const HOUR = 3_600_000;
const harness = new Harness();
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(async () => {
  await harness.fresh();
  await harness.control('POST', '/settings', { raise_limits: true });
  await harness.control('POST', `/portfolios/${harness.waba.business_id}`, { messaging_limit: 'TIER_2K' });
});

/** So many customers get a message outside their windows. */
function deliver(customers: number, first = 0, inServiceWindow = false): void {
  const { world, statuses } = harness.sandbox.meta;
  const number = world.get('phone_number', harness.number.id) as PhoneNumber;
  for (let i = first; i < first + customers; i++) {
    statuses.onDelivered({ to: `1555${i}`, inServiceWindow, group: false } as Message, number);
  }
}
const limit = () => harness.sandbox.meta.world.get('business', harness.waba.business_id)?.messagingLimit;

describe('the limit of a portfolio', () => {
  it('rises six hours after half of it was reached in seven days, and the apps are told', async () => {
    deliver(999);
    deliver(50, 5_000, true);
    await harness.advance(7 * HOUR);
    expect(limit()).toBe('TIER_2K');
    deliver(1, 999);
    await harness.advance(6 * HOUR - 60_000);
    expect(limit()).toBe('TIER_2K');
    await harness.advance(120_000);
    expect(limit()).toBe('TIER_10K');
    expect(harness.sandbox.meta.world.settings.raise_limits).toBe(true);
  });

  it('does not rise for customers of more than seven days ago', async () => {
    deliver(900);
    await harness.advance(8 * 24 * HOUR);
    deliver(500, 2_000);
    await harness.advance(7 * HOUR);
    expect(limit()).toBe('TIER_2K');
  });

  it('stays while the quality is low, and the apps are told that the raise is put off', async () => {
    const number = harness.sandbox.meta.world.get('phone_number', harness.number.id) as PhoneNumber;
    number.qualityRating = 'RED';
    deliver(1_000);
    await harness.advance(7 * HOUR);
    expect(limit()).toBe('TIER_2K');
    expect(await harness.receiver.change('account_alerts')).toMatchObject({
      entity_type: 'BUSINESS',
      alert_info: { alert_type: 'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED' },
    });
  });

  it.each([
    ['TIER_250', false, { next: 'TIER_2K', users: 2_000, days: 30 }],
    ['TIER_250', true, { next: 'TIER_2K', users: 0, days: 30 }],
    ['TIER_10K', true, { next: 'TIER_100K', users: 5_000, days: 7 }],
    ['TIER_100K', false, { next: 'TIER_UNLIMITED', users: 50_000, days: 7 }],
    ['TIER_UNLIMITED', true, undefined],
  ])('from %s (verified: %p) wants %p', (from, verified, goal) => expect(wanted(from, verified)).toEqual(goal));
});
