import { instantOf } from '../send-time.js';
import type { Schedule } from './campaign.js';
import { hasPassed, mustBeAhead, readSchedule } from './schedule.js';

const NOW = new Date('2026-11-23T12:00:00.000Z');

describe('the time at which a campaign begins', () => {
  it('is at once, an instant, or a time on each recipient’s clock', () => {
    expect(readSchedule()).toEqual({});
    expect(readSchedule({})).toEqual({});
    expect(readSchedule({ at: '2026-12-01T10:00:00Z' })).toEqual({ at: '2026-12-01T10:00:00Z' });
    expect(readSchedule({ local: '2028-02-29T09:00' })).toEqual({ local: '2028-02-29T09:00' });
  });

  it.each([
    [{ at: '2026-12-01T10:00:00Z', local: '2026-12-01T10:00' }],
    [{ local: '2027-02-31T09:00' }],
    [{ local: '2027-02-29T09:00' }],
    [{ local: '0000-01-01T09:00' }],
    [{ local: '1926-12-01T09:00' }],
  ])('is not %j', (given) => expect(() => readSchedule(given)).toThrow(/^schedule/));

  it.each<[Schedule, boolean]>([
    [{}, false],
    [{ at: '2026-11-23T12:00:00Z' }, false],
    [{ at: '2026-11-23T11:59:59Z' }, true],
    [{ local: '2025-12-01T09:00' }, true],
    [{ local: '2026-11-23T00:00' }, false], // it is that time in the last zone now
    [{ local: '2026-11-22T23:59' }, true],
    [{ local: '2026-12-01T09:00' }, false],
  ])('%j has passed: %s', (schedule, passed) => {
    expect(hasPassed(schedule, NOW)).toBe(passed);
    if (passed) expect(() => mustBeAhead(schedule, NOW)).toThrow('has passed');
    else mustBeAhead(schedule, NOW);
    if ('local' in schedule) expect(instantOf(schedule.local, 'Etc/GMT+12') < NOW).toBe(passed);
  });

  it.each<[Schedule]>([[{ at: '9999-01-01T00:00:00Z' }], [{ local: '2027-12-01T09:00' }]])(
    '%j is too far',
    (schedule) => {
      expect(() => mustBeAhead(schedule, NOW)).toThrow('at most 366 days');
    },
  );
});
