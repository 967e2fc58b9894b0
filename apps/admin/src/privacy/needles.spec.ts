import fc from 'fast-check';
import { inMessageIds, needlesOf } from './needles.js';

describe('the search for a customer', () => {
  it('finds the number inside the id that Meta gave a message', () => {
    expect('wamid.HBgLMTY0NjcwNDM1OTUVAgASGBQzQTdCNTg5RjY1MEMyRjlGMjRGNgA=').toContain(inMessageIds('16467043595'));
    expect('wamid.HBgLMTY0NjcwNDM1OTUVAgASGBQzQTdCNTg5RjY1MEMyRjlGMjRGNgA=').not.toContain(inMessageIds('16467043596'));
  });

  it('finds every number in its own ids and in nobody else’s', () => {
    const number = fc.stringMatching(/^[1-9]\d{7,14}$/);
    fc.assert(
      fc.property(number, number, fc.uint8Array({ minLength: 1, maxLength: 12 }), (mine, other, rest) => {
        const id = (digits: string) =>
          Buffer.concat([Buffer.from([0x1c, 0x18, digits.length]), Buffer.from(`${digits}\u0015`), rest]).toString(
            'base64',
          );
        expect(id(mine)).toContain(inMessageIds(mine));
        fc.pre(!other.startsWith(mine) && !mine.startsWith(other));
        expect(id(other)).not.toContain(inMessageIds(mine));
      }),
    );
  });

  it('does not search for texts so short that they are everywhere', () => {
    expect(needlesOf(['12345'])).toEqual([]);
  });
});
