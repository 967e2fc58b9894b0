import fc from 'fast-check';
import {
  canMove,
  isEditable,
  isSendable,
  type Move,
  type Mover,
  movesFrom,
  nextStates,
  TEMPLATE_STATES,
  type TemplateState,
  whyNotSendable,
} from './index.js';

describe('the states of a template', () => {
  it('can all be reached from a draft', () => {
    const seen = new Set<TemplateState>(['draft']);
    for (const state of seen) for (const next of nextStates(state)) seen.add(next);
    expect([...seen].sort()).toEqual([...TEMPLATE_STATES].sort());
  });

  it('lead nowhere that is not a state, and never to themselves or back to a draft', () => {
    for (const from of TEMPLATE_STATES) {
      for (const to of nextStates(from)) {
        expect(TEMPLATE_STATES).toContain(to);
        expect(to).not.toBe(from);
        expect(to).not.toBe('draft');
      }
    }
  });

  it('are never left by a command, whatever Meta and the tenant do by turns', () => {
    const turn = fc.record({ by: fc.constantFrom<Mover>('us', 'meta'), nth: fc.nat({ max: 20 }) });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 30 }), (turns) => {
        let state: TemplateState = 'draft';
        for (const { by, nth } of turns) {
          const moves: readonly Move[] = movesFrom(state).filter((move) => move.by === by);
          const move: Move | undefined = moves[nth % Math.max(1, moves.length)];
          if (!move) continue;
          expect(canMove(state, move.to, by)).toBe(true);
          // Only Meta can make a template sendable, but for the end of a pause that pacing began.
          if (by === 'us' && isSendable(move.to)) expect(state).toBe('paused');
          state = move.to;
          expect(TEMPLATE_STATES).toContain(state);
        }
      }),
    );
  });

  it('end only with deletion', () => {
    expect(TEMPLATE_STATES.filter((state) => nextStates(state).length === 0)).toEqual(['deleted']);
  });

  it('name each move with its reason, once for each mover', () => {
    for (const from of TEMPLATE_STATES) {
      const keys = movesFrom(from).map((move) => `${move.by} ${move.to}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const move of movesFrom(from)) expect(move.why).not.toBe('');
    }
  });
});

describe('what may be done with a template', () => {
  it('sends it only while it is approved', () => {
    expect(TEMPLATE_STATES.filter(isSendable)).toEqual(['approved', 'flagged']);
  });

  it('says with Meta’s own code why it cannot be sent', () => {
    expect(TEMPLATE_STATES.filter((state) => whyNotSendable(state) === undefined)).toEqual(['approved', 'flagged']);
    expect(whyNotSendable('paused')).toBe('template_paused');
    expect(whyNotSendable('disabled')).toBe('template_disabled');
    expect(whyNotSendable('archived')).toBe('template_unknown');
  });

  it('never approves one by a call of ours, except back from a pacing pause', () => {
    expect(TEMPLATE_STATES.filter((from) => canMove(from, 'approved', 'us'))).toEqual(['paused']);
  });

  it('cannot delete a disabled one', () => {
    expect(nextStates('disabled', 'us')).toEqual([]);
    expect(canMove('approved', 'pending_deletion', 'us')).toBe(true);
  });

  it('brings every edited one back to review', () => {
    expect(TEMPLATE_STATES.filter(isEditable)).toEqual(['approved', 'flagged', 'rejected', 'paused']);
    for (const state of TEMPLATE_STATES.filter(isEditable)) expect(canMove(state, 'pending', 'us')).toBe(true);
  });
});
