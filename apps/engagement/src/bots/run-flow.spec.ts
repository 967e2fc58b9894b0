import fc from 'fast-check';
import type { Flow, Step } from './flow.js';
import { playOn } from './play-on.js';
import { FLOOD, LONGEST_WALK, runFlow } from './run-flow.js';
import { MOST_UNHEARD, NEW_RUN, type RunEvent, type RunState } from './run-state.js';
import { simulate } from './simulate.js';

const at = new Date('2026-11-23T15:00:00Z');
const contact = { name: 'Ana', city: 'Puebla' };
const start: RunEvent = { kind: 'started', at, text: 'hola', contact };
const heard = (text: string, pressed?: string): RunEvent => ({
  kind: 'heard',
  at,
  text,
  contact,
  ...(pressed ? { pressed } : {}),
});
const flowOf = (steps: Record<string, Step>, startAt = 'a'): Flow => ({
  triggers: [{ on: 'anything' }],
  start: startAt,
  steps,
});
const play = (flow: Flow, ...events: RunEvent[]) =>
  events.reduce((played, event) => runFlow(flow, played.state, event), { state: NEW_RUN, effects: [] } as ReturnType<
    typeof runFlow
  >);
const says = (played: ReturnType<typeof runFlow>) =>
  played.effects.flatMap((e) =>
    e.do === 'send' ? [(e.body.text as { body: string } | undefined)?.body ?? e.body.type] : [],
  );

const order = flowOf({
  a: { do: 'say', text: 'Hi {{contact.name}}!', next: 'size' },
  size: {
    do: 'choose',
    text: 'Which size?',
    save: 'size',
    options: [
      { id: 's', title: 'Small', next: 'count' },
      { id: 'l', title: 'Large', next: 'count' },
    ],
  },
  count: { do: 'ask', text: 'How many?', as: 'number', save: 'count', retry: 'A number, please.', next: 'many' },
  many: { do: 'if', all: [{ of: 'count', is: 'more', value: 10 }], yes: 'people', no: 'sum' },
  sum: { do: 'say', text: '{{count}} x {{size}} to {{contact.city}}.' },
  people: { do: 'hand_over', text: 'One moment.', skills: ['wholesale'], back: 'sum' },
});

describe('a bot', () => {
  it('holds a whole conversation: greets, offers, asks, repeats what was said', () => {
    expect(says(play(order, start))).toEqual(['Hi Ana!', 'interactive']);
    expect(says(play(order, start, heard('', 'l')))).toEqual(['How many?']);
    const end = play(order, start, heard('large'), heard('2'));
    expect(says(end)).toEqual(['2 x Large to Puebla.']);
    expect(end.state.status).toBe('over');
    expect(end.effects.at(-1)).toEqual({ do: 'end', why: 'done' });
  });

  it('asks again where it did not understand, and fetches people when it still does not', () => {
    const asked = play(order, start, heard('1'), heard('many'));
    expect(says(asked)).toEqual(['A number, please.']);
    expect(asked.state.misses).toBe(1);
    const lost = play(order, start, heard('1'), heard('many'), heard('lots'), heard('plenty'));
    expect(lost.effects).toEqual([{ do: 'hand_over', skills: [], why: 'not understood' }]);
  });

  it('goes on where people give the conversation back, and takes nothing else from there', () => {
    const away = play(order, start, heard('', 's'), heard('12'));
    expect(away.state.status).toBe('with_people');
    expect(runFlow(order, away.state, heard('hello?')).effects).toEqual([]);
    expect(says(runFlow(order, away.state, { kind: 'given_back', at, contact }))).toEqual(['12 x Small to Puebla.']);
  });

  it('keeps what is written while it asks another system, so much of it, and stands where it stood', () => {
    const flow = flowOf({ a: { do: 'call', url: 'https://shop.example', send: [], save: 'x' } });
    const { state } = play(flow, start);
    const kept = runFlow(flow, state, heard('', 'l'));
    expect(kept).toEqual({ state: { ...state, unheard: [{ text: '', pressed: 'l' }] }, effects: [], kept: true });
    const many = play(flow, start, ...Array.from({ length: MOST_UNHEARD }, (_, i) => heard(String(i))));
    expect(many.state.unheard).toHaveLength(MOST_UNHEARD);
    expect(runFlow(flow, many.state, heard('more'))).toMatchObject({ state: many.state, ignored: true });
    expect(runFlow(flow, many.state, { kind: 'given_back', at, contact }).state.unheard).toBeUndefined();
  });

  describe('that has its answer', () => {
    const called: RunEvent = { kind: 'called', at, answer: { left: 3 }, contact };
    const asking = (steps: Record<string, Step>) =>
      flowOf({ a: { do: 'call', url: 'https://shop.example', send: [], save: 'x', next: 'b' }, ...steps });
    const answered = (flow: Flow, ...words: string[]) => {
      const { turns, left } = playOn(flow, play(flow, start, ...words.map((w) => heard(w))).state, called);
      const { state } = turns.at(-1)?.played ?? { state: NEW_RUN };
      return { state, said: turns.flatMap(({ played }) => says(played)), left, turns };
    };

    it('hears what was written meanwhile at its next questions, in order', () => {
      const flow = asking({
        b: { do: 'ask', text: 'How many?', as: 'number', save: 'count', next: 'c' },
        c: { do: 'ask', text: 'Where to?', as: 'text', save: 'place', next: 'd' },
        d: { do: 'say', text: '{{count}} to {{place}}.' },
      });
      const { state, said, left } = answered(flow, '2', 'Puebla', 'please');
      expect(said).toEqual(['How many?', 'Where to?', '2 to Puebla.']);
      expect([state.status, left]).toEqual(['over', [{ text: 'please' }]]);
      expect(state.unheard).toBeUndefined();
    });

    it('holds nothing against who wrote before the question, and waits for the answer to it', () => {
      const flow = asking({ b: { do: 'ask', text: 'How many?', as: 'number', save: 'count', tries: 1 } });
      const { state, said, turns } = answered(flow, 'hello?', 'are you there?', 'hello?!');
      expect(said).toEqual(['How many?']);
      expect(state).toMatchObject({ status: 'asked', misses: 0, until: '2026-11-23T16:00:00.000Z' });
      expect(turns).toHaveLength(4);
      expect(runFlow(flow, state, heard('lots')).state.status).toBe('with_people');
    });

    it('keeps the rest while it asks again, and leaves to people what they read anyway', () => {
      const again = asking({ b: { do: 'answer', instructions: '', next: 'c' }, c: { do: 'hand_over' } });
      const { state } = answered(again, 'and in blue?');
      expect(state).toMatchObject({ status: 'answering', unheard: [{ text: 'and in blue?' }] });
      const { turns, left } = playOn(again, state, { kind: 'answered', at, text: 'Yes.', contact });
      expect(turns.at(-1)?.played.state).not.toHaveProperty('unheard');
      expect(left).toEqual([]);
    });

    it('is played so by the simulator, which begins anew where it was over', () => {
      const flow = {
        ...flowOf({ a: { do: 'answer', instructions: '' } }),
        triggers: [{ on: 'keyword' as const, words: ['colour', 'size'] }],
      };
      const turns = simulate(
        flow,
        [
          { text: 'Which colour?' },
          { text: 'Which size?' },
          { text: 'Hello?' },
          { answered: 'Blue.' },
          { answered: 'L.' },
        ],
        contact,
        at,
      );
      expect(turns.map((t) => t.status)).toEqual(['answering', 'answering', 'answering', 'answering', 'over']);
      expect(turns[3]?.effects.map((e) => e.do)).toEqual(['send', 'end', 'answer']);
      expect(turns[3]?.effects.at(-1)).toMatchObject({ question: 'Which size?' });
      // Nobody else hears the last word.
      expect(turns[4]?.effects).toMatchObject([{ do: 'send' }, { do: 'hand_over', why: 'no bot answers' }]);
    });
  });

  it('waits, and ends in silence when nobody answers', () => {
    const slow = flowOf({
      a: { do: 'wait', minutes: 5, next: 'b' },
      b: { do: 'ask', text: 'There?', as: 'text', save: 'x' },
    });
    const later = (minutes: number): RunEvent => ({
      kind: 'time',
      at: new Date(at.getTime() + minutes * 60_000),
      contact,
    });
    expect(play(slow, start, later(4)).effects).toEqual([]);
    expect(says(play(slow, start, later(5)))).toEqual(['There?']);
    expect(play(slow, start, later(5), later(64)).state.status).toBe('asked');
    expect(play(slow, start, later(5), later(65)).effects).toEqual([{ do: 'end', why: 'silence' }]);
  });

  it('asks other systems and a language model, and does without where they do not answer', () => {
    const flow = flowOf({
      a: { do: 'call', url: 'https://shop.example', send: ['said'], save: 'stock', next: 'b', otherwise: 'c' },
      b: { do: 'say', text: '{{stock.left}} left', next: 'd' },
      c: { do: 'say', text: 'We will see.', next: 'd' },
      d: { do: 'answer', instructions: 'Be kind to {{contact.name}}.' },
    });
    expect(play(flow, start).effects).toEqual([{ do: 'call', url: 'https://shop.example', body: { said: 'hola' } }]);
    const called = (answer: Record<string, unknown> | undefined): RunEvent => ({ kind: 'called', at, answer, contact });
    expect(says(play(flow, start, called({ left: 3 })))).toEqual(['3 left']);
    expect(says(play(flow, start, called(undefined)))).toEqual(['We will see.']);
    const asked = play(flow, start, called({ left: 3 }));
    expect(asked.effects.at(-1)).toEqual({ do: 'answer', instructions: 'Be kind to Ana.', question: 'hola' });
    expect(says(runFlow(flow, asked.state, { kind: 'answered', at, text: 'Of course {{x}}', contact }))).toEqual([
      'Of course {{x}}',
    ]);
  });

  it('that goes in circles, or talks to another bot, fetches people', () => {
    const circle = flowOf({ a: { do: 'set', variable: 'x', value: 1, next: 'a' } });
    expect(play(circle, start).effects).toEqual([{ do: 'hand_over', skills: [], why: 'loop' }]);
    const parrot = flowOf({ a: { do: 'ask', text: 'And?', as: 'text', save: 'x', next: 'a' } });
    const chatter = play(parrot, start, ...Array.from({ length: FLOOD }, () => heard('And?')));
    expect(chatter.state.status).toBe('with_people');
    expect(chatter.effects.at(-1)).toEqual({ do: 'hand_over', skills: [], why: 'flood' });
    // Given back at once it says nothing; ten minutes later it may.
    const givenBack = (minutes: number) =>
      runFlow(parrot, chatter.state, {
        kind: 'given_back',
        at: new Date(at.getTime() + minutes * 60_000),
        contact,
      });
    expect(says(givenBack(1))).toEqual([]);
    expect(givenBack(1).state.status).toBe('with_people');
    expect(says(givenBack(11))).toEqual(['And?']);
  });
});

describe('whatever flow and whatever happens, a bot', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'gone');
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      do: fc.constant('say' as const),
      text: fc.constant('{{x}} {{contact.name}} {{__proto__.y}}'),
      next: name,
    }),
    fc.record({
      do: fc.constant('ask' as const),
      text: fc.string(),
      as: fc.constantFrom('text', 'number'),
      save: name,
      next: name,
    }),
    fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 9 }), next: name }),
    fc.record({ do: fc.constant('set' as const), variable: name, value: fc.string(), next: name }),
    fc.record({
      do: fc.constant('call' as const),
      url: fc.constant('https://x.example'),
      send: fc.array(name),
      save: name,
      next: name,
    }),
    fc.record({
      do: fc.constant('if' as const),
      all: fc.constant([{ of: 'a', is: 'set' as const }]),
      yes: name,
      no: name,
    }),
    fc.record({ do: fc.constant('hand_over' as const), back: name }),
  ) as fc.Arbitrary<Step>;
  const minutes = fc.integer({ min: 0, max: 90 });
  const event = fc.oneof(
    fc.record({ kind: fc.constant('heard' as const), text: fc.string(), after: minutes }),
    fc.record({ kind: fc.constant('time' as const), after: minutes }),
    fc.record({ kind: fc.constant('called' as const), answer: fc.constantFrom(undefined, { y: 1 }), after: minutes }),
    fc.record({ kind: fc.constant('given_back' as const), after: minutes }),
  );
  const life = fc.record({
    steps: fc.record({ a: step, b: step, c: step }),
    events: fc.array(event, { maxLength: 40 }),
  });
  const lived = (check: (before: RunState, played: ReturnType<typeof runFlow>, event: RunEvent, flow: Flow) => void) =>
    fc.assert(
      fc.property(life, ({ steps, events }) => {
        const flow = flowOf(steps);
        let state = NEW_RUN;
        let now = at.getTime();
        for (const one of [{ kind: 'started' as const, text: 'hi', after: 0 }, ...events]) {
          now += one.after * 60_000;
          const { after: _, ...said } = one;
          const happening = { ...said, at: new Date(now), contact } as RunEvent;
          const played = runFlow(flow, state, happening);
          check(state, played, happening, flow);
          state = played.state;
        }
      }),
    );

  it('says nothing while people have the conversation, and nothing when it is over', () => {
    lived((before, { effects }, { kind }) => {
      if (before.status === 'over') expect(effects).toEqual([]);
      if (before.status === 'with_people' && kind !== 'given_back') expect(effects).toEqual([]);
    });
  });

  it('comes to a stand after few steps, and knows what it waits for', () => {
    lived((_, { state, effects }) => {
      expect(effects.length).toBeLessThanOrEqual(LONGEST_WALK + 2);
      expect(state.status).not.toBe('running');
      expect(state.until !== null).toBe(state.status === 'asked' || state.status === 'waiting');
    });
  });

  it('never says more than the flood guard allows', () => {
    lived((_, { state }) => expect(state.spoke.length).toBeLessThanOrEqual(FLOOD + 1));
  });

  it('loses no word that it has kept until it hears it, or people do', () => {
    lived((before, { state, kept }, { kind }) => {
      const [had, has] = [before.unheard?.length ?? 0, state.unheard?.length ?? 0];
      if (kept) expect(has).toBe(had + 1);
      else if (kind === 'given_back' || state.status === 'with_people') expect(has <= had).toBe(true);
      else expect(has).toBe(had);
    });
  });

  it('does the same again when it is asked again', () => {
    lived((before, played, happening, flow) => expect(runFlow(flow, before, happening)).toEqual(played));
  });
});
