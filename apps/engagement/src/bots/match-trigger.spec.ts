import fc from 'fast-check';
import type { Trigger } from './flow.js';
import { chooseBot, likeness, triggerStrength } from './match-trigger.js';

const keyword = (words: string[], whole?: boolean): Trigger => ({ on: 'keyword', words, ...(whole ? { whole } : {}) });
const intent = (...examples: string[]): Trigger => ({ on: 'intent', name: 'an intent', examples });
const anything: Trigger = { on: 'anything' };

describe('a bot answers', () => {
  it.each([
    ['order', 'I want to ORDER, please', true],
    ['pedido', '¿Mi Pédido?', true],
    ['order', 'What a disorder', false],
    ['order status', 'the order’s status', false],
    ['order status', 'What is my order status?', true],
    ['¡!', 'Anything at all', false],
  ])('to its keyword "%s" in "%s": %s', (word, text, wanted) => {
    expect(triggerStrength(keyword([word]), text) > 0).toBe(wanted);
  });

  it('to a keyword that must stand alone only where it does', () => {
    expect(triggerStrength(keyword(['menu'], true), ' Menú! ')).toBe(2);
    expect(triggerStrength(keyword(['menu'], true), 'the menu')).toBe(0);
  });

  it('to what reads like an example of its intent, and to nothing that shares a word with it', () => {
    const hours = intent('When are you open', 'opening hours');
    expect(triggerStrength(hours, 'when are you open today?')).toBeGreaterThan(0.6);
    expect(triggerStrength(hours, 'are you there')).toBe(0);
  });

  it('by what it wants most: a word before a meaning, a meaning before everything, and of equals the first', () => {
    const bots = [
      { name: 'all', triggers: [anything] },
      { name: 'meant', triggers: [intent('where is my order')] },
      { name: 'word', triggers: [anything, keyword(['order'])] },
      { name: 'same word', triggers: [keyword(['order'])] },
    ];
    expect(chooseBot(bots, 'Where is my order?')?.name).toBe('word');
    expect(chooseBot(bots.slice(0, 2), 'Where is my order?')?.name).toBe('meant');
    expect(chooseBot(bots, 'Good morning')?.name).toBe('all');
    expect(chooseBot(bots.slice(3), 'Good morning')).toBeUndefined();
  });
});

describe('whatever customers write, a bot', () => {
  const word = fc.constantFrom('order', 'size', 'Envío', 'ñandú', 'menu', '42', 'ok');
  const sentence = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
  const text = fc.oneof(sentence, fc.string(), fc.string({ unit: 'grapheme' }));
  const trigger: fc.Arbitrary<Trigger> = fc.oneof(
    fc.constant(anything),
    fc.array(text, { minLength: 1, maxLength: 4 }).map((words) => keyword(words)),
    fc.array(text, { minLength: 1, maxLength: 4 }).map((examples) => intent(...examples)),
  );

  it('finds two texts alike in the same measure either way round, and nothing more alike than a text to itself', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(likeness(a, b)).toBe(likeness(b, a));
        expect(likeness(a, b)).toBeGreaterThanOrEqual(0);
        expect(likeness(a, b)).toBeLessThanOrEqual(1);
        expect([0, 1]).toContain(likeness(a, a));
      }),
    );
  });

  it('hears its keyword wherever it stands, in any case and with any signs around it', () => {
    fc.assert(
      fc.property(word, sentence, sentence, (sought, before, after) => {
        const said = `${before} ¡${sought.toUpperCase()}! ${after}`;
        expect(triggerStrength(keyword([sought]), said)).toBe(2);
      }),
    );
  });

  it('answers when a trigger of any wants the text, and nobody wants it more', () => {
    const bots = fc.array(fc.record({ triggers: fc.array(trigger, { minLength: 1, maxLength: 3 }) }), { maxLength: 5 });
    fc.assert(
      fc.property(bots, text, (all, said) => {
        const strengths = all.map((bot) => Math.max(...bot.triggers.map((one) => triggerStrength(one, said))));
        const most = Math.max(0, ...strengths);
        expect(chooseBot(all, said)).toBe(most > 0 ? all[strengths.indexOf(most)] : undefined);
      }),
    );
  });
});
