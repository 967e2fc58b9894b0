import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { exchanged, judgeRefresh, type RefreshTokens } from './judge-refresh.js';

const hash = (n: number) => createHash('sha256').update(String(n)).digest();

describe('a refresh token', () => {
  it('works once; whichever of the earlier ones comes back is known to be stolen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 200 }), (rounds, given) => {
        let held: RefreshTokens = { refreshHash: hash(0), usedHashes: [] };
        for (let n = 1; n <= rounds; n++) {
          expect(judgeRefresh(held, hash(n - 1))).toBe('live');
          held = exchanged(held, hash(n));
        }
        expect(judgeRefresh(held, hash(given))).toBe(given === rounds ? 'live' : given < rounds ? 'stolen' : 'unknown');
      }),
    );
  });
});
