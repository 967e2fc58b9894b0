import fc from 'fast-check';
import { SlidingSecond } from './sliding-second.js';
import { Transit } from './transit.js';

interface Call {
  startedAt: number;
  arrivesAt: number;
  answeredAt: number;
}

/** Sends as fast as is allowed over a network of such delays; resolves to when calls arrived at the other end. */
function sendThrough(perSecond: number, ms: number, delay: (now: number) => { there: number; back: number }): number[] {
  const second = new SlidingSecond(perSecond);
  const transit = new Transit();
  const arrivals: number[] = [];
  let underWay: Call[] = [];
  for (let now = 0; now < ms; now += 1) {
    for (const call of underWay.filter((c) => c.answeredAt <= now)) {
      second.end(transit.arrivedBy(call.startedAt, call.answeredAt));
    }
    underWay = underWay.filter((c) => c.answeredAt > now);
    const room = second.room(now);
    second.start(room);
    for (let i = 0; i < room; i++) {
      const { there, back } = delay(now);
      const call = { startedAt: now, arrivesAt: now + there, answeredAt: now + there + back };
      arrivals.push(call.arrivesAt);
      underWay.push(call);
    }
  }
  return arrivals.sort((a, b) => a - b);
}

const mostInASecond = (arrivals: readonly number[]): number => {
  let most = 0;
  let from = 0;
  for (const [i, at] of arrivals.entries()) {
    while (at - (arrivals[from] as number) >= 1_000) from++;
    most = Math.max(most, i - from + 1);
  }
  return most;
};

describe('the throughput of a number', () => {
  it('is never exceeded in any second at Meta’s end, however unevenly calls travel', () => {
    const way = fc.record({
      least: fc.integer({ min: 0, max: 200 }),
      jitters: fc.array(
        fc.record({ there: fc.integer({ min: 0, max: 900 }), back: fc.integer({ min: 0, max: 900 }) }),
        {
          minLength: 1,
          maxLength: 50,
        },
      ),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), way, (perSecond, { least, jitters }) => {
        let n = 0;
        const delay = () => {
          const { there, back } = jitters[n++ % jitters.length] as { there: number; back: number };
          // The quickest possible way is travelled now and then, or nobody could know it.
          return n % 7 === 0 ? { there: least, back: 1 } : { there: least + there, back: 1 + back };
        };
        expect(mostInASecond(sendThrough(perSecond, 6_000, delay))).toBeLessThanOrEqual(perSecond);
      }),
    );
  });

  it('is not exceeded where a process that has just begun is slower to send than it will be', () => {
    const arrivals = sendThrough(1_000, 6_000, (now) =>
      now < 2_000 ? { there: 34, back: 26 } : { there: 30, back: 30 },
    );
    expect(mostInASecond(arrivals)).toBeLessThanOrEqual(1_000);
  });

  it('is used in full over a way that is always as long', () => {
    const arrivals = sendThrough(1_000, 20_000, () => ({ there: 30, back: 30 }));
    const steady = arrivals.filter((at) => at >= 10_000 && at < 20_000);
    expect(steady.length).toBeGreaterThanOrEqual(9_800);
    expect(mostInASecond(arrivals)).toBeLessThanOrEqual(1_000);
  });

  it('shrinks by what others sent, and is free a second later', () => {
    const second = new SlidingSecond(80);
    second.count(30, 0);
    expect(second.room(1)).toBe(50);
    second.start(50);
    expect(second.waitMs(1)).toBe(1_001);
    for (let i = 0; i < 50; i++) second.cancel();
    expect(second.room(2)).toBe(50);
    expect(second.room(1_002)).toBe(80);
  });

  it('tells how many places will be free soon, and gives none of them before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 40 }),
        fc.nat(2_000),
        fc.nat(300),
        (ends, now, ahead) => {
          const [asked, untouched] = [new SlidingSecond(20), new SlidingSecond(20)];
          for (const second of [asked, untouched]) {
            second.start(ends.length);
            for (const at of ends) second.end(at);
          }
          expect(asked.room(now, ahead)).toBe(untouched.room(now + ahead));
          const fresh = new SlidingSecond(20);
          fresh.start(ends.length);
          for (const at of ends) fresh.end(at);
          expect(asked.room(now)).toBe(fresh.room(now));
        },
      ),
    );
  });

  it('waits for an answer when every place is taken by a call without one', () => {
    const second = new SlidingSecond(2);
    second.start(2);
    expect(second.waitMs(99_999)).toBe(Number.POSITIVE_INFINITY);
    second.end(100_000);
    expect(second.waitMs(100_001)).toBe(1_001);
  });
});
