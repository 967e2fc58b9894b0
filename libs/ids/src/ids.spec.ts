import fc from 'fast-check';
import { bytesOfId, derivedId, firstIdAt, idOfBytes, isId, newId, spanOf, timeOfId } from './ids.js';

const noon = new Date('2026-11-22T12:00:00.123Z');

describe('ids', () => {
  it('carry their instant and sort by it', () => {
    const id = newId(noon);
    expect(isId(id)).toBe(true);
    expect(timeOfId(id)).toEqual(noon);
    expect(id >= firstIdAt(noon)).toBe(true);
    expect(id < firstIdAt(new Date(noon.getTime() + 1))).toBe(true);
  });

  it('of one instant follow each other in the order they were made', () => {
    const ids = Array.from({ length: 1_000 }, () => newId(noon));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(1_000);
  });

  it('are the same when read from their bytes', () => {
    const id = newId(noon);
    expect(bytesOfId(id)).toHaveLength(16);
    expect(idOfBytes(bytesOfId(id))).toBe(id);
  });

  it('derive the same id from the same fact, and another from any other', () => {
    expect(derivedId(noon, 'n1', 'wamid.A')).toBe(derivedId(noon, 'n1', 'wamid.A'));
    expect(derivedId(noon, 'n1', 'wamid.A')).not.toBe(derivedId(noon, 'n1', 'wamid.B'));
    expect(derivedId(noon, 'n1', 'x')).not.toBe(derivedId(noon, 'n', '1x'));
    expect(timeOfId(derivedId(noon, 'a'))).toEqual(noon);
  });

  it('lie between the smallest and the largest of them, and those are two of them', () => {
    fc.assert(
      fc.property(fc.array(fc.uuid(), { minLength: 1 }), (ids) => {
        const [least, most] = spanOf(ids);
        expect([least, most]).toEqual([[...ids].sort()[0], [...ids].sort().at(-1)]);
      }),
    );
  });
});
