import fc from 'fast-check';
import { idText, parseExact, serialiseExact } from './exact-json.js';

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
});
