import { productSources } from './sources.js';

const NESTED = /@ValidateNested\(\{ each: true \}\)/;
const lists = productSources(['apps', 'libs'])
  .filter(({ path }) => !path.startsWith('apps/sandbox/'))
  .flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, i) => (NESTED.test(line) ? [{ path, before: lines[i - 1] ?? '' }] : []));
  });

describe('a list of objects in a request', () => {
  // class-validator looks into an array where an object should be, and finds nothing wrong with an empty one.
  it('says that each of them must be one', () => {
    expect(lists.length).toBeGreaterThan(5);
    expect(lists.filter(({ before }) => !before.includes('@IsObject({ each: true })'))).toEqual([]);
  });
});
