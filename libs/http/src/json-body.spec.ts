import fc from 'fast-check';
import { depthOf, holdsNoText } from './json-body.js';

const nesting = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(nesting)) : 0;

describe('the depth of a JSON body', () => {
  it('is that of its arrays and objects, whatever brackets and quotes its texts hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(depthOf(JSON.stringify(value))).toBe(nesting(value));
      }),
    );
    expect(depthOf(JSON.stringify({ 'a"[': ['\\"{[', '\\'] }))).toBe(2);
  });
});

describe('a JSON body', () => {
  const escaped = (text: string): string =>
    JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

  it('holds what no text can hold exactly if it has U+0000 or half a surrogate pair, however it is escaped', () => {
    const parts = ['a', '\\', '\\u', '"', 'u0000', 'ud83d', '\u0000', '\ud83d', '\ude00', '😀', 'é'];
    const texts = fc.array(fc.constantFrom(...parts)).map((list) => list.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const wellFormed = Buffer.from(text, 'utf8').toString('utf8') === text;
        expect(holdsNoText(escaped(text))).toBe(text.includes('\u0000') || !wellFormed);
      }),
      { numRuns: 2_000 },
    );
  });
});
