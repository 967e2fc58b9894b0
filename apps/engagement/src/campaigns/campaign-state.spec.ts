import { CAMPAIGN_STATES, type CampaignState, canMove, nextStates } from './campaign-state.js';

describe('the life of a campaign', () => {
  it('reaches every state from a draft', () => {
    const seen = new Set<CampaignState>(['draft']);
    for (const state of seen) for (const next of nextStates(state)) seen.add(next);
    expect([...seen].sort()).toEqual([...CAMPAIGN_STATES].sort());
  });

  it('may be cancelled whatever it is at, and never comes back from that', () => {
    const open = CAMPAIGN_STATES.filter((s) => s !== 'cancelled');
    expect(CAMPAIGN_STATES.filter((s) => canMove(s, 'cancelled'))).toEqual(open);
    expect(nextStates('cancelled')).toEqual([]);
  });

  it('sends to an audience that is frozen, and to no other', () => {
    expect(CAMPAIGN_STATES.filter((s) => canMove(s, 'running'))).toEqual(['freezing', 'paused', 'finished']);
  });
});
