import { timeToLiveOf } from './time-to-live.js';

describe('how long a template message may wait', () => {
  it.each([
    ['authentication', null, 600],
    ['authentication', 90, 90],
    ['authentication', -1, 2_592_000],
    ['utility', null, 93_600],
    ['utility', 30, 30],
    ['utility', 0, 93_600],
    ['utility', -1, 2_592_000],
    ['marketing', null, 180_000],
    ['marketing', 43_200, 43_200],
  ] as const)('%s with %s seconds in the template: %i seconds', (category, timeToLiveSeconds, seconds) => {
    expect(timeToLiveOf({ category, timeToLiveSeconds })).toBe(seconds * 1_000);
  });
});
