import fc from 'fast-check';
import { idText, parseExact, serialiseExact, storableJson } from './exact-json.js';

describe('JSON of Meta', () => {
  it('keeps integers that a number cannot hold, digit by digit', () => {
    const text = '{"id":12345678901234567890,"in":[-98765432109876543210,1],"text":"1, 12345678901234567890"}';
    expect(serialiseExact(parseExact(text))).toBe(text);
    expect(idText((parseExact(text) as { id: unknown }).id)).toBe('12345678901234567890');
  });

  it('reads ids written as numbers and as text', () => {
    expect([7, '7', '', null, 1.5, {}].map(idText)).toEqual(['7', '7', undefined, undefined, undefined, undefined]);
  });

  it('changes nothing else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(serialiseExact(parseExact(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('is storable with U+FFFD for each character that is none, and otherwise as it is', () => {
    const storable = (value: unknown) => JSON.parse(storableJson(serialiseExact(value)));
    expect(storable({ a: '\0\\u0000', '\ud83d': '\u{1f600}\udc00' })).toEqual({
      a: '\ufffd\\u0000',
      '\ufffd': '\u{1f600}\ufffd',
    });
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\0', '\ud800', '\udfff', '\\', 'u0000', '"', 'x')), (parts) => {
        const text = parts.join('');
        expect(storable([text])).toEqual([text.replace(/\p{Surrogate}|\0/gu, '\ufffd')]);
      }),
    );
  });
});
