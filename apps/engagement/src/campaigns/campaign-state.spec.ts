import { CAMPAIGN_STATES, type CampaignState, canMove, nextStates } from './campaign-state.js';

describe('the life of a campaign', () => {
  it('reaches every state from a draft', () => {
    const seen = new Set<CampaignState>(['draft']);
    for (const state of seen) for (const next of nextStates(state)) seen.add(next);
    expect([...seen].sort()).toEqual([...CAMPAIGN_STATES].sort());
  });

  it('may be cancelled until it is over, and never comes back from that', () => {
    expect(CAMPAIGN_STATES.filter((s) => canMove(s, 'cancelled'))).toEqual(['draft', 'freezing', 'running', 'paused']);
    expect(nextStates('cancelled')).toEqual([]);
  });

  it('sends to an audience that is frozen, and to no other', () => {
    expect(CAMPAIGN_STATES.filter((s) => canMove(s, 'running'))).toEqual(['freezing', 'paused', 'finished']);
  });
});
