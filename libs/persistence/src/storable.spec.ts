import fc from 'fast-check';
import { storableJson, storableText } from './storable.js';

describe('what somebody else wrote', () => {
  const texts = fc
    .array(fc.constantFrom('\0', '\ud800', '\udfff', '\\', 'u0000', '"', 'x', '\u{1f600}'))
    .map((parts) => parts.join(''));
  const storable = (value: unknown) => JSON.parse(storableJson(JSON.stringify(value)));

  it('is storable as JSON with U+FFFD for each character that is none, and otherwise as it is', () => {
    expect(storable({ a: '\0\\u0000', '\ud83d': '\u{1f600}\udc00' })).toEqual({
      a: '\ufffd\\u0000',
      '\ufffd': '\u{1f600}\ufffd',
    });
    fc.assert(
      fc.property(texts, (text) => {
        expect(storable([text])).toEqual([text.replace(/\p{Surrogate}|\0/gu, '\ufffd')]);
      }),
    );
  });

  it('is the same as text and as JSON', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(storableText(text)).toBe(storable(text));
      }),
    );
  });
});
