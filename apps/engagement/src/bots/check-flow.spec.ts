import fc from 'fast-check';
import { checkFlow } from './check-flow.js';
import type { Flow, Step } from './flow.js';
import { runFlow } from './run-flow.js';
import { NEW_RUN, type RunEvent } from './run-state.js';

const say: Step = { do: 'say', text: 'Bye.' };
const ONE_OF_EACH: Record<string, Step> = {
  say: { do: 'say', text: 'Hi {{contact.name}}', next: 'send' },
  send: { do: 'send', message: { type: 'image', image: { link: 'https://shop.example/a.jpg' } }, next: 'ask' },
  ask: { do: 'ask', text: 'How many?', as: 'number', save: 'count', retry: 'A number.', tries: 2, otherwise: 'say' },
  choose: {
    do: 'choose',
    text: 'Which?',
    save: 'size',
    silence_minutes: 10,
    on_silence: 'wait',
    options: [{ id: 's', title: 'Small', next: 'if' }],
  },
  if: { do: 'if', all: [{ of: 'count', is: 'more', value: 10 }], yes: 'hand_over', no: 'set' },
  set: { do: 'set', attribute: 'city', value: '{{count}}', next: 'call' },
  call: { do: 'call', url: 'https://shop.example/stock', send: ['count'], save: 'stock', otherwise: 'say' },
  products: {
    do: 'products',
    text: 'Have a look',
    catalog_id: '123',
    products: [{ section: 'Shoes', retailer_ids: ['a'] }],
    save: 'cart',
  },
  wait: { do: 'wait', minutes: 5, next: 'answer' },
  answer: { do: 'answer', instructions: 'Be kind.' },
  hand_over: { do: 'hand_over', text: 'One moment.', team: 'Sales', skills: ['wholesale'], back: 'say' },
};
const whole = {
  triggers: [
    { on: 'keyword', words: ['order'] },
    { on: 'intent', name: 'hours', examples: ['when are you open'] },
    { on: 'anything' },
  ],
  start: 'say',
  steps: ONE_OF_EACH,
  silence_minutes: 30,
  answer_url: 'https://shop.example/model',
};
const problemsOf = (given: unknown): string[] => {
  const checked = checkFlow(given);
  return 'problems' in checked ? checked.problems : [];
};
const withStep = (step: unknown) => ({ triggers: [{ on: 'anything' }], start: 'a', steps: { a: step, b: say } });

describe('a flow', () => {
  it('of every kind of step and trigger is taken as it is', () => {
    expect(checkFlow(whole)).toEqual({ flow: whole });
  });

  it.each<[string, unknown, RegExp]>([
    ['is no object', [], /^flow:/],
    ['has no steps', { ...whole, steps: {} }, /^steps:/],
    ['begins nowhere', { ...whole, start: 'gone' }, /^start:/],
    ['is never begun', { ...whole, triggers: [] }, /^triggers:/],
    ['has a keyword without words', { ...whole, triggers: [{ on: 'keyword', words: [] }] }, /^triggers\.0\.words:/],
    [
      'has an intent without examples',
      { ...whole, triggers: [{ on: 'intent', name: 'x' }] },
      /^triggers\.0\.examples:/,
    ],
    ['has a trigger that we do not know', { ...whole, triggers: [{ on: 'mood' }] }, /^triggers\.0\.on:/],
    ['is more patient than the window is open', { ...whole, silence_minutes: 1_441 }, /^silence_minutes:/],
    ['asks a model nowhere', { ...whole, answer_url: 'nowhere' }, /^answer_url:/],
    ['names a step as no step is named', { ...whole, steps: { ...ONE_OF_EACH, 'A-b': say } }, /^steps\.A-b:/],
  ])('that %s is refused with the place', (_, flow, problem) => {
    expect(problemsOf(flow)[0]).toMatch(problem);
  });

  it.each<[string, unknown, string]>([
    ['does what we do not know', { do: 'dance' }, 'do'],
    ['says nothing', { do: 'say', text: '' }, 'text'],
    ['goes on nowhere', { ...say, next: 'gone' }, 'next'],
    ['goes on where objects come from', { ...say, next: 'constructor' }, 'next'],
    ['sends no message of Meta’s', { do: 'send', message: { text: 'x' } }, 'message'],
    ['asks without keeping the answer', { do: 'ask', text: 'x', as: 'text' }, 'save'],
    ['asks for what cannot be read', { do: 'ask', text: 'x', as: 'mood', save: 'x' }, 'as'],
    ['asks for ever', { do: 'ask', text: 'x', as: 'text', save: 'x', tries: 11 }, 'tries'],
    ['offers nothing', { do: 'choose', text: 'x', options: [] }, 'options'],
    ['has a button of 21 characters', { do: 'choose', text: 'x', options: [option('b', 'x'.repeat(21))] }, 'options.0'],
    ['offers one thing twice', { do: 'choose', text: 'x', options: [option('b'), option('b')] }, 'options.1.id'],
    ['has an option that leads nowhere', { do: 'choose', text: 'x', options: [option('gone')] }, 'options.0.next'],
    ['has a list that nothing opens', { do: 'choose', text: 'x', options: ['b', 'c', 'd', 'e'].map(five) }, 'button'],
    ['keeps a choice under no name', { do: 'choose', text: 'x', save: {}, options: [option('b')] }, 'save'],
    ['judges by nothing', { do: 'if', all: [], yes: 'b', no: 'b' }, 'all'],
    ['knows one way only', { do: 'if', all: [{ of: 'x', is: 'set' }], yes: 'b' }, 'yes'],
    ['sets nothing', { do: 'set', value: 1 }, 'variable'],
    ['sets what is no value', { do: 'set', variable: 'x', value: {} }, 'value'],
    ['calls nowhere', { do: 'call', url: 'shop', send: [], save: 'x' }, 'url'],
    ['waits longer than the window is open', { do: 'wait', minutes: 1_441 }, 'minutes'],
    ['shows no products', { do: 'products', text: 'x', catalog_id: '1', save: 'x', products: [] }, 'products'],
    ['gives a model nothing to go by', { do: 'answer' }, 'instructions'],
    ['asks for skills that are no words', { do: 'hand_over', skills: [{ of: 'sales' }] }, 'skills'],
    ['hands over to a team without a name', { do: 'hand_over', team: 7 }, 'team'],
  ])('with a step that %s is refused with the place', (_, step, field) => {
    expect(problemsOf(withStep(step))).toEqual([expect.stringContaining(`steps.a.${field}: `)]);
  });
});

function option(next: string, title = 'One') {
  return { id: 'one', title, next };
}
function five(id: string) {
  return { id, title: id, next: 'b' };
}

describe('whatever is given as a flow', () => {
  it('is either taken or refused with reasons', () => {
    const nearly = fc.record({ triggers: fc.jsonValue(), start: fc.jsonValue(), steps: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly, fc.jsonValue().map(withStep)), (given) => {
        const checked = checkFlow(given);
        expect('flow' in checked || checked.problems.length > 0).toBe(true);
      }),
    );
  });

  it('once it is taken never leads a customer to a step that is not there', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'gone', 'constructor');
    const step = fc.oneof(
      fc.record({ do: fc.constant('say'), text: fc.constant('x'), next: name }),
      fc.record({
        do: fc.constant('ask'),
        text: fc.constant('x'),
        as: fc.constant('number'),
        save: name,
        otherwise: name,
      }),
      fc.record({ do: fc.constant('if'), all: fc.constant([{ of: 'a', is: 'set' }]), yes: name, no: name }),
      fc.record({
        do: fc.constant('choose'),
        text: fc.constant('x'),
        options: fc.array(
          name.map((next) => ({ id: next, title: next, next })),
          { maxLength: 2 },
        ),
        on_silence: name,
      }),
      fc.record({ do: fc.constant('hand_over'), back: name }),
    );
    const flow = fc.record({
      triggers: fc.constant([{ on: 'anything' }]),
      start: name,
      steps: fc.record({ a: step, b: step, c: step }),
    });
    const at = new Date('2026-11-23T15:00:00Z');
    const contact = {};
    const event = fc.oneof(
      fc.constantFrom('1', 'a', 'b', 'what?').map((text): RunEvent => ({ kind: 'heard', at, text, contact })),
      fc.constant<RunEvent>({ kind: 'given_back', at, contact }),
      fc.constant<RunEvent>({ kind: 'time', at: new Date(at.getTime() + 86_400_000), contact }),
    );
    let taken = 0;
    fc.assert(
      fc.property(flow, fc.array(event, { maxLength: 10 }), (given, events) => {
        const checked = checkFlow(given);
        if (!('flow' in checked)) return;
        taken++;
        let state = NEW_RUN;
        const start: RunEvent = { kind: 'started', at, text: 'hi', contact };
        for (const one of [start, ...events]) {
          const played = runFlow(checked.flow as Flow, state, one);
          expect(JSON.stringify(played.effects)).not.toContain('no step');
          state = played.state;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});
