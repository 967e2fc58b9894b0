import type { Count } from './campaign-counts.js';
import { follow } from './follow-news.js';

const NOW = new Date('2026-11-23T12:00:00.000Z');
const HELD = {
  campaignId: 'c',
  line: '16505550001',
  messageId: 'm',
  phoneNumberId: 'n',
  variant: 0,
  state: 'accepted',
  reached: 0,
  tries: 0,
  cause: null,
};
type Told = [status: string, code?: string];
/** What becomes of a recipient, and what is counted; one retry is allowed. */
function becomes(held: Partial<typeof HELD>, ...told: Told[]) {
  const counted: Count[] = [];
  const news = told.map(([status, code]) => ({ messageId: 'm', status, code: code ?? null }));
  const moved = follow({ ...HELD, ...held }, news, 1, NOW, counted);
  return { moved, counted: counted.map(({ what, n }) => [what, n]) };
}

describe('a recipient of a campaign', () => {
  it.each<Told[]>([
    [['parked', '132015']], // Meta paused the template
    [['parked', '130429']], // parked without an error, after an attempt that had one
    [['parked']],
  ])('whose message is held keeps it, and gets no second one: %j', (...told) => {
    const { moved, counted } = becomes({}, ...told);
    expect(moved).toMatchObject({ state: 'accepted', tries: 0, sendAfter: null, cause: null });
    expect(counted).toEqual([]);
  });

  it('whose message was held and is sent after all counts as sent', () => {
    expect(becomes({}, ['parked', '132015'], ['sent']).counted).toEqual([['sent', 1]]);
  });

  it('whose message failed for a reason that passes is tried again a day later, as often as was said', () => {
    const { moved } = becomes({}, ['failed', '131049']);
    expect(moved).toMatchObject({ state: 'waiting', tries: 1, sendAfter: new Date('2026-11-24T12:00:00.000Z') });
    expect(becomes({ tries: 1 }, ['failed', '131049']).moved).toMatchObject({ state: 'failed', cause: '131049' });
  });

  it.each<Told>([
    ['expired', '130429'],
    ['cancelled', '131056'],
    ['failed', '131026'],
  ])('whose message ended as %s (%s) is not sent to again', (...told) => {
    const { moved, counted } = becomes({}, told);
    expect(moved).toMatchObject({ state: 'failed', sendAfter: null });
    expect(counted).toEqual([['failed', 1]]);
  });
});
