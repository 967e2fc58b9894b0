import { inTurns } from './in-turns.js';

/** Takes pieces away from piles until they are empty. @returns the order in which they were taken */
async function taken(piles: Record<string, number>, during: (name: string) => void = () => {}): Promise<string[]> {
  const order: string[] = [];
  await inTurns(
    async () => Object.keys(piles).filter((name) => (piles[name] ?? 0) > 0),
    async (name) => {
      during(name);
      order.push(name);
      piles[name] = (piles[name] ?? 0) - 1;
      return piles[name] > 0;
    },
    (error, name) => order.push(`${name}: ${(error as Error).message}`),
  );
  return order;
}

describe('work of several merchants', () => {
  it('is done piece by piece in turn, also of who comes in between', async () => {
    expect(await taken({ large: 4, small: 1 })).toEqual(['large', 'small', 'large', 'large', 'large']);
    const piles: Record<string, number> = { large: 3 };
    const late = () => {
      piles.late ??= 1;
    };
    expect(await taken(piles, late)).toEqual(['large', 'large', 'late', 'large']);
  });

  it('that fails holds up nobody else, and is not tried again and again at once', async () => {
    const fails = (name: string) => {
      if (name === 'poisoned') throw new Error('no');
    };
    expect(await taken({ poisoned: 1, fine: 1 }, fails)).toEqual(['poisoned: no', 'fine']);
  });
});
