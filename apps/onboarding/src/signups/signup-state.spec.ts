import { CAUSES, type CauseCode, causeIn } from './causes.js';
import { canMove, isUnderWay, type SignupState } from './signup-state.js';
import { fromStep, isPast, nextStep, STEPS, type StepName, type StepState } from './signup-steps.js';
import { LANGUAGES } from './texts/language.js';
import { SIGNUP_TEXTS } from './texts/signup-texts.js';

const ALL: SignupState[] = [
  'waiting-for-merchant',
  'working',
  'waiting-for-meta',
  'failed',
  'live',
  'cancelled',
  'disconnected',
];

describe('the states of a signup', () => {
  it('all lead to live, which only Meta or the merchant can undo', () => {
    const reached = new Set<SignupState>(['live']);
    for (let before = 0; before !== reached.size; ) {
      before = reached.size;
      for (const from of ALL) if ([...reached].some((to) => canMove(from, to))) reached.add(from);
    }
    expect([...reached].sort()).toEqual([...ALL].sort());
    expect(ALL.filter((to) => canMove('live', to))).toEqual(['working', 'live', 'disconnected']);
  });

  it('can be reached from the work under way by every cause', () => {
    for (const [code, { state }] of Object.entries(CAUSES)) {
      for (const from of ALL.filter(isUnderWay)) expect([code, from, canMove(from, state)]).toEqual([code, from, true]);
    }
  });

  it('of an application are never mended in Meta’s dialog, which it does not have', () => {
    for (const code of Object.keys(CAUSES) as CauseCode[]) {
      expect([code, CAUSES[causeIn('classic', code)].action]).not.toEqual([code, 'connect']);
      expect(causeIn('embedded', code)).toBe(code);
    }
    expect(causeIn('classic', 'number_unverified')).toBe('code_needed');
  });

  it('and causes are told in every language, each with what helps', () => {
    for (const language of LANGUAGES) {
      const texts = SIGNUP_TEXTS[language];
      const said = [
        ...Object.values(texts.causes).flat(),
        ...Object.values(texts.states),
        ...Object.values(texts.steps),
      ];
      expect(said.filter((text) => text.trim() === '')).toEqual([]);
    }
  });
});

describe('the steps of a signup', () => {
  it('are done in their order, skipped ones passed over', () => {
    const states = new Map<StepName, StepState>(STEPS.map((s) => [s.step, 'todo']));
    const order: StepName[] = [];
    for (let next = nextStep(states); next; next = nextStep(states)) {
      order.push(next.step);
      states.set(next.step, next.step === 'register-number' ? 'skipped' : 'done');
    }
    expect(order).toEqual(STEPS.filter((s) => s.by === 'us').map((s) => s.step));
  });

  it('begin with a failed one again', () => {
    const states = new Map<StepName, StepState>(STEPS.map((s) => [s.step, 'done']));
    states.set('subscribe-app', 'failed');
    expect(nextStep(states)?.step).toBe('subscribe-app');
    expect(fromStep('register-number')).toEqual([
      'register-number',
      'sync-app',
      'import-numbers',
      'import-profile',
      'hear-from-meta',
    ]);
  });

  it('are those of their kind: no other can be begun with', () => {
    expect(() => fromStep('exchange-code', 'classic')).toThrow('exchange-code');
    expect(() => fromStep('create-account')).toThrow('create-account');
  });

  it('are past one when it is over and all before it', () => {
    const states = new Map<StepName, StepState>(STEPS.map((s) => [s.step, 'todo']));
    states.set('exchange-code', 'done').set('prove-access', 'done');
    expect(isPast('prove-access', states)).toBe(true);
    expect(isPast('save-account', states)).toBe(false);
    expect(isPast('prove-access', states.set('exchange-code', 'failed'))).toBe(false);
    expect(isPast('prove-access', new Map(STEPS.map((s) => [s.step, 'done'])))).toBe(true);
  });
});
