import fc from 'fast-check';
import { LIMIT_KINDS, whyNoRoom } from './limit-kinds.js';

const amount = fc.integer({ min: 0, max: 1_000_000 });

describe('a limit of the provider', () => {
  it('lets through exactly what fits, and everything where there is none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LIMIT_KINDS), amount, amount, amount, (what, most, used, more) => {
        expect(whyNoRoom(what, most, used, more) === undefined).toBe(used + more <= most);
        expect(whyNoRoom(what, undefined, used, more)).toBeUndefined();
      }),
    );
  });

  it('says what is allowed, what is used, and when there is room', () => {
    expect(whyNoRoom('numbers', 5, 5, 1)).toBe(
      'Your provider allows this account 5 numbers, and 5 numbers are used. There is room when a number is given up. ' +
        'Or ask your provider for more.',
    );
    expect(whyNoRoom('media_bytes', 1_572_864, 1_048_576, 1_048_576)).toContain('1.5 MiB of files, and 1 MiB of files');
  });
});
