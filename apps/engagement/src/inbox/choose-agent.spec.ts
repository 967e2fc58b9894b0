import { type Candidate, chooseAgent } from './choose-agent.js';

const agent = (userId: string, more: Partial<Candidate> = {}): Candidate => ({
  userId,
  available: true,
  skills: [],
  capacity: 3,
  load: 0,
  ...more,
});
const anyone = { needs: [], last: null };

describe('the next conversation', () => {
  it('goes round among those who are there', () => {
    const team = [agent('a'), agent('b', { available: false }), agent('c')];
    let last: string | null = null;
    const turns = [1, 2, 3, 4].map(() => (last = chooseAgent('round_robin', team, { needs: [], last }) ?? null));
    expect(turns).toEqual(['a', 'c', 'a', 'c']);
  });

  it('goes to who has the fewest', () => {
    expect(chooseAgent('load', [agent('a', { load: 2 }), agent('b', { load: 1 })], anyone)).toBe('b');
  });

  it('goes to who knows what it needs', () => {
    const team = [agent('a'), agent('b', { skills: ['pt', 'refunds'], load: 2 })];
    expect(chooseAgent('skill', team, { needs: ['pt', 'refunds'], last: null })).toBe('b');
    expect(chooseAgent('skill', team, { needs: ['fr'], last: null })).toBeUndefined();
  });

  it('is never given to who has as many as they can, nor to anybody where people choose', () => {
    for (const rule of ['round_robin', 'load', 'skill'] as const) {
      expect(chooseAgent(rule, [agent('a', { load: 3 })], anyone)).toBeUndefined();
    }
    expect(chooseAgent('by_hand', [agent('a')], anyone)).toBeUndefined();
  });
});
