import fc from 'fast-check';
import { admit, type CountedSend, countedAt, DAY_MS, leavingAt, peakOf } from './index.js';

const now = new Date('2026-03-02T12:00:00Z');
const plus = (ms: number) => new Date(now.getTime() + ms);
const stranger = { counted: false, insideWindow: false };

describe('one more recipient under a messaging limit', () => {
  it('fits while there is room, and says how much is left after it', () => {
    expect(admit({ cap: 2, used: 1 }, stranger, now)).toEqual({ send: true, counts: true, remaining: 0 });
  });

  it('is refused when the limit is used up, with the time at which the first place becomes free', () => {
    const use = { cap: 2, used: 2, leavingAt: [plus(5_000), plus(9_000)] };
    expect(admit(use, stranger, now)).toEqual({
      send: false,
      why: 'tier_exhausted',
      remaining: 0,
      retryAt: plus(5_000),
    });
  });

  it('waits for enough people to leave after the limit was lowered', () => {
    const use = { cap: 1, used: 3, leavingAt: [plus(1_000), plus(2_000), plus(3_000)] };
    expect(admit(use, stranger, now)).toMatchObject({ send: false, retryAt: plus(3_000) });
  });

  it('waits a day at most when nobody knows who leaves when', () => {
    expect(admit({ cap: 1, used: 1 }, stranger, now)).toMatchObject({ retryAt: plus(DAY_MS) });
  });

  it('costs nothing when the same user was written to already, or wrote to us', () => {
    const full = { cap: 1, used: 1 };
    expect(admit(full, { counted: true, insideWindow: false }, now)).toMatchObject({ send: true, counts: false });
    expect(admit(full, { counted: false, insideWindow: true }, now)).toMatchObject({ send: true, counts: false });
  });

  it('always fits without a limit', () => {
    expect(admit({ cap: Number.POSITIVE_INFINITY, used: 1e9 }, stranger, now)).toMatchObject({ send: true });
  });

  it('never fits a limit of nobody, and no wait is promised', () => {
    expect(admit({ cap: 0, used: 0 }, stranger, now)).toEqual({ send: false, why: 'tier_exhausted', remaining: 0 });
  });
});

describe('the moving day', () => {
  const sent = (recipient: string, ms: number, settled: Partial<CountedSend> = {}): CountedSend => ({
    recipient,
    sentAt: plus(ms),
    ...settled,
  });

  it('counts a recipient from the send until 24 hours after the delivery, that instant not included', () => {
    const sends = [sent('a', 0, { deliveredAt: plus(3_000) })];
    expect(countedAt(sends, plus(-1)).size).toBe(0);
    expect(countedAt(sends, plus(0)).size).toBe(1);
    expect(countedAt(sends, plus(3_000 + DAY_MS - 1)).size).toBe(1);
    expect(countedAt(sends, plus(3_000 + DAY_MS)).size).toBe(0);
  });

  it('counts a user once, until the last delivery is a day old', () => {
    const sends = [sent('a', 0, { deliveredAt: plus(0) }), sent('a', 10, { deliveredAt: plus(10) })];
    expect(countedAt(sends, plus(20)).size).toBe(1);
    expect(leavingAt(sends, plus(20))).toEqual([plus(10 + DAY_MS)]);
  });

  it('gives the place back at once when the message failed, and keeps it while it is in flight', () => {
    const sends = [sent('a', 0, { failedAt: plus(50) }), sent('b', 0)];
    expect([...countedAt(sends, plus(60)).keys()]).toEqual(['b']);
    expect([...countedAt(sends, plus(40 * DAY_MS)).keys()]).toEqual(['b']);
  });

  it('never holds more recipients than the limit when every send asks first', () => {
    const step = fc.record({
      wait: fc.nat({ max: DAY_MS / 2 }),
      to: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      delay: fc.nat({ max: 3_600_000 }),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), (cap, steps) => {
        const sends: CountedSend[] = [];
        let clock = 0;
        for (const { wait, to, delay, fails } of steps) {
          clock += wait;
          const at = plus(clock);
          const counted = countedAt(sends, at);
          const use = { cap, used: counted.size, leavingAt: leavingAt(sends, at) };
          const verdict = admit(use, { counted: counted.has(to), insideWindow: false }, at);
          if (verdict.send) sends.push(sent(to, clock, { [fails ? 'failedAt' : 'deliveredAt']: plus(clock + delay) }));
          // The promise holds: at the time named there is room, and not a moment before.
          else {
            expect(countedAt(sends, verdict.retryAt!).size).toBeLessThan(cap);
            expect(countedAt(sends, new Date(verdict.retryAt!.getTime() - 1)).size).toBe(cap);
          }
        }
        expect(peakOf(sends)).toBeLessThanOrEqual(cap);
      }),
    );
  });
});
