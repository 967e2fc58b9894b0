import { mayBotStart, type OwnerKind, type OwnerMove, ownerAfter } from './owner.js';

const OWNERS: readonly OwnerKind[] = ['nobody', 'bot', 'agent', 'desk'];
const MOVES: readonly OwnerMove[] = ['bot_starts', 'assigned', 'taken', 'desk_takes', 'given_to_bot', 'released'];

describe('a conversation', () => {
  it('of people is never taken by a bot that starts', () => {
    for (const owner of ['agent', 'desk'] as const) {
      expect(ownerAfter(owner, 'bot_starts')).toBeUndefined();
      expect(mayBotStart(owner, false)).toBe(false);
    }
  });

  it('in which people are waited for is left to them', () => {
    expect(mayBotStart('nobody', true)).toBe(false);
    expect(mayBotStart('nobody', false)).toBe(true);
  });

  it('can be taken by an agent whoever has it, and can become anybody’s', () => {
    for (const owner of OWNERS) expect(ownerAfter(owner, 'taken')).toBe('agent');
    for (const to of OWNERS)
      expect(OWNERS.some((from) => MOVES.some((move) => ownerAfter(from, move) === to))).toBe(true);
  });

  it('goes to a bot only where nobody answers, or by the hand of people', () => {
    const toBot = OWNERS.flatMap((owner) => MOVES.filter((move) => ownerAfter(owner, move) === 'bot'));
    expect(new Set(toBot)).toEqual(new Set(['bot_starts', 'given_to_bot']));
  });
});
