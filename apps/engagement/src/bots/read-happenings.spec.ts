import fc from 'fast-check';
import type { Flow } from './flow.js';
import { readHappenings } from './read-happenings.js';
import { simulate } from './simulate.js';

const ECHO: Flow = {
  triggers: [{ on: 'anything' }],
  start: 'ask',
  steps: {
    ask: { do: 'ask', text: 'How many?', as: 'number', save: 'count', next: 'call' },
    call: { do: 'call', url: 'https://shop.example', send: ['count'], save: 'stock', next: 'wait', otherwise: 'ask' },
    wait: { do: 'wait', minutes: 5, next: 'ask' },
  },
};

describe('what happens in a played conversation', () => {
  it.each([
    [{ text: 5 }, /^events\.0\.text: must be a text/],
    [{ text: null }, /^events\.0\.text/],
    [{ press: ['s'] }, /^events\.0\.press/],
    [{ order: 'cart' }, /^events\.0\.order/],
    [{ wait_minutes: 'x' }, /^events\.0\.wait_minutes: must be a number/],
    [{ wait_minutes: -1 }, /^events\.0\.wait_minutes/],
    [{ wait_minutes: 1e300 }, /^events\.0\.wait_minutes/],
    [{ called: [] }, /^events\.0\.called/],
    [{ answered: {} }, /^events\.0\.answered/],
    [{ given_back: false }, /^events\.0\.given_back/],
    [{ constructor: 'x' }, /^events\.0: give one of text, /],
    [{ text: 'a', press: 'b' }, /^events\.0: give one of/],
    [{}, /^events\.0: give one of/],
  ])('%j is none of it', (event, problem) => {
    expect(readHappenings([event])).toEqual({ problems: [expect.stringMatching(problem)] });
  });

  it('is told with every problem, each with its place', () => {
    const read = readHappenings([{ text: 'order' }, { text: 5 }, { wait_minutes: null }]);
    expect('problems' in read && read.problems.map((p) => p.split(':')[0])).toEqual([
      'events.1.text',
      'events.2.wait_minutes',
    ]);
  });

  it('can be played whenever it is read, whatever is sent', () => {
    const names = ['text', 'press', 'order', 'wait_minutes', 'called', 'answered', 'given_back', 'other'];
    const value = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true }),
      fc.constantFrom(null, true, '7', 10),
      fc.object({ maxDepth: 1 }),
      fc.array(fc.string()),
    );
    const event = fc.tuple(fc.constantFrom(...names), value).map(([name, given]) => ({ [name]: given }));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const read = readHappenings(events);
        if ('problems' in read) return read.problems.length > 0;
        return simulate(ECHO, read.happenings, {}, new Date('2026-11-22T12:00:00Z')).length === events.length;
      }),
    );
  });
});
