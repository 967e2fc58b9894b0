import { levelOf, SUSPENSION_LEVELS, standingUnder } from './suspension.js';

describe('what is switched off of a tenant', () => {
  it('is read from its row as it was written', () => {
    for (const level of [null, ...SUSPENSION_LEVELS]) expect(levelOf(standingUnder(level))).toBe(level);
  });

  it('is everything of a closed one', () => {
    expect(levelOf({ status: 'closed', marketingOff: false })).toBe('all');
  });
});
