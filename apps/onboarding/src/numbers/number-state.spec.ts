import { leadsTo, type NumberCommand, type NumberState, stateSeen, whyNot } from './number-state.js';

const STATES: NumberState[] = ['added', 'code-sent', 'verified', 'live', 'off', 'coexisting', 'moved-away', 'released'];
const COMMANDS: NumberCommand[] = ['request-code', 'verify', 'register', 'deregister', 'rename', 'set-pin', 'release'];

describe('a number', () => {
  it('gets from its adding to live and back by commands, and every refusal has a reason', () => {
    const path: NumberCommand[] = ['request-code', 'verify', 'register', 'deregister', 'register'];
    let state: NumberState = 'added';
    for (const command of path) state = leadsTo(state, command) as NumberState;
    expect(state).toBe('live');
    for (const from of STATES) {
      for (const command of COMMANDS) if (!leadsTo(from, command)) expect(whyNot(from, command)).toMatch(/\.$/);
    }
  });

  it('can end from every state but one: the app must let go of a number that it shares', () => {
    const stuck = STATES.filter((s) => s !== 'released' && !leadsTo(s, 'release'));
    expect(stuck).toEqual(['coexisting']);
  });

  it('that is in the WhatsApp Business app is never registered, taken off or sent a code, also once it is cut off', () => {
    for (const from of STATES) {
      for (const command of ['request-code', 'register', 'deregister'] as const) {
        expect(leadsTo(from, command, true)).toBeUndefined();
        expect(whyNot(from, command, true)).toMatch(/\.$/);
      }
    }
    for (const status of ['DISCONNECTED', 'BANNED']) {
      const state = stateSeen('coexisting', { status, coexistence: true, codeStatus: 'VERIFIED' });
      expect([state, leadsTo(state, 'release', true)]).toEqual(['off', 'released']);
      expect(whyNot(state, 'register', true)).toContain('embedded signup');
    }
  });

  it.each<[held: NumberState | undefined, status: string, code: string | null, app: boolean, state: NumberState]>([
    [undefined, 'CONNECTED', 'VERIFIED', false, 'live'],
    [undefined, 'CONNECTED', 'VERIFIED', true, 'coexisting'],
    [undefined, 'PENDING', 'NOT_VERIFIED', false, 'added'],
    [undefined, 'PENDING', 'VERIFIED', false, 'verified'],
    ['code-sent', 'PENDING', 'NOT_VERIFIED', false, 'code-sent'],
    ['verified', 'PENDING', 'EXPIRED', false, 'added'],
    ['live', 'DISCONNECTED', 'VERIFIED', false, 'off'],
    ['coexisting', 'DISCONNECTED', 'VERIFIED', true, 'off'],
    ['coexisting', 'BANNED', 'VERIFIED', true, 'off'],
    ['off', 'CONNECTED', 'VERIFIED', true, 'coexisting'],
    ['live', 'FLAGGED', 'VERIFIED', false, 'live'],
    ['live', 'RESTRICTED', 'VERIFIED', false, 'live'],
    ['live', 'MIGRATED', 'VERIFIED', false, 'moved-away'],
    ['moved-away', 'CONNECTED', 'VERIFIED', false, 'live'],
    ['released', 'CONNECTED', 'VERIFIED', false, 'released'],
  ])('held as %s and shown %s (%s, app: %s) is %s', (held, status, codeStatus, coexistence, state) => {
    expect(stateSeen(held, { status, codeStatus, coexistence })).toBe(state);
  });
});
