import { delayMs, sourceOf } from './sign-in-throttle.js';

describe('guessing', () => {
  it('costs nothing five times, then a second, then twice as long each time, up to a quarter of an hour', () => {
    const limit = { free: 5, longestMs: 900_000 };
    expect([1, 5, 6, 7, 8, 16, 1_000].map((n) => delayMs(n, limit) / 1_000)).toEqual([0, 0, 1, 2, 4, 900, 900]);
  });

  it('counts the hosts of one home network as one source', () => {
    expect(sourceOf('2001:db8:1:2:aaaa::1')).toBe(sourceOf('2001:db8:1:2:bbbb::2'));
    expect(sourceOf('2001:db8:1:2::1')).not.toBe(sourceOf('2001:db8:1:3::1'));
    expect(sourceOf('::ffff:10.0.0.1')).toBe('10.0.0.1');
  });
});
