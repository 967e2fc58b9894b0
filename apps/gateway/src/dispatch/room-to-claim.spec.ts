import fc from 'fast-check';
import { Pace } from './pace.js';
import { BATCH, type InHand, napOfBroadcast, type Room, roomToClaim } from './room-to-claim.js';

const broadcast = { lane: 2 } as const;
const nothing: InHand = { unplaced: 0, underWay: 0 };

/** A pace under which so many messages of a broadcast are being called. */
function calling(perSecond: number, messages: number): Pace {
  const pace = new Pace(perSecond);
  for (let i = 0; i < messages; i++) pace.start(broadcast);
  return pace;
}

describe('how much a number claims next', () => {
  it('is a tenth of a second at most, a batch at the top rate, and never less than twenty', () => {
    const roomOf = (perSecond: number) => (roomToClaim(new Pace(perSecond), nothing, 0) as Room).room;
    expect([20, 80, 500, 1_000, 10_000].map(roomOf)).toEqual([20, 20, 50, 100, BATCH]);
  });

  it('never is more than its second has room for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.nat({ max: 1_000 }),
        fc.nat({ max: 300 }),
        (perSecond, underWay, unplaced) => {
          const claim = roomToClaim(calling(perSecond, underWay), { underWay, unplaced }, 0);
          if ('until' in claim) return;
          expect(claim.room + unplaced + underWay).toBeLessThanOrEqual(perSecond);
          expect(claim.forBroadcasts).toBeLessThanOrEqual(claim.room);
          expect(claim.forBroadcasts === 0 || claim.forBroadcasts + unplaced + underWay <= 0.8 * perSecond).toBe(true);
        },
      ),
    );
  });

  it('waits for places, where a claim would bring too little beside what waits for its own', () => {
    expect(roomToClaim(calling(1_000, 960), { underWay: 460, unplaced: 10 }, 0)).toEqual({ until: 'called', ms: 5 });
  });

  it('waits for answers, not for time, where as many calls are under way as may be', () => {
    const full = { underWay: 500, unplaced: 0 };
    expect(roomToClaim(calling(1_000, 500), full, 0)).toEqual({ until: 'called or answered', ms: 1_000 });
  });

  it('is only what is more urgent, once a broadcast has had its share of the second', () => {
    const pace = calling(80, 64);
    expect(roomToClaim(pace, { underWay: 64, unplaced: 0 }, 0)).toEqual({ room: 16, forBroadcasts: 0 });
    expect(napOfBroadcast(pace, { underWay: 64, unplaced: 0 }, 0)).toEqual({ until: 'called or answered', ms: 50 });
  });

  it('is one message after a rest, and nothing beside it', () => {
    const pace = new Pace(80);
    pace.hear({ restMs: 1_000 }, 0);
    expect(roomToClaim(pace, nothing, 2_000)).toMatchObject({ room: 1 });
    expect(roomToClaim(pace, { underWay: 1, unplaced: 0 }, 2_000)).toMatchObject({ until: 'called or answered' });
    pace.hear({}, 2_100);
    expect(roomToClaim(pace, nothing, 2_200)).toMatchObject({ room: 20 });
  });
});
