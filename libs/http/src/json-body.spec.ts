import fc from 'fast-check';
import { depthOf } from './json-body.js';

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
