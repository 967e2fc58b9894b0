import { jest } from '@jest/globals';
import { Coalescer } from './coalescer.js';

const aTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('Coalescer', () => {
  it('lets items that arrive during a statement share the next one, and gives each its own result', async () => {
    const batches: number[][] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const coalescer = new Coalescer<number, string>(
      async (items) => {
        batches.push(items);
        if (batches.length === 1) await gate;
        return items.map((n) => `stored ${n}`);
      },
      { batch: 3, inFlight: 1 },
    );
    const first = coalescer.add(1);
    await aTurn();
    const all = [first, ...[2, 3, 4, 5].map((n) => coalescer.add(n))];
    release();
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5].map((n) => `stored ${n}`));
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('stores what comes in one turn of the event loop together, with nothing in flight either', async () => {
    const batches: number[][] = [];
    const coalescer = new Coalescer<number, number>(async (items) => {
      batches.push(items);
      return items;
    });
    await Promise.all([1, 2, 3].map((n) => coalescer.add(n)));
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('does not let one bad item refuse its neighbours', async () => {
    const coalescer = new Coalescer<number, number>(
      async (items) => {
        if (items.includes(13)) throw new Error('thirteen');
        return items;
      },
      { batch: 10, inFlight: 1 },
    );
    const outcomes = await Promise.allSettled([1, 12, 13, 14].map((n) => coalescer.add(n)));
    expect(outcomes.map((o) => o.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('lets the first item wait for others where nobody waits for it, unless the batch is full', async () => {
    jest.useFakeTimers();
    try {
      const batches: number[][] = [];
      const coalescer = new Coalescer<number, number>(
        async (items) => {
          batches.push(items);
          return items;
        },
        { batch: 3, inFlight: 1, lingerMs: 10 },
      );
      const first = [1, 2].map((n) => coalescer.add(n));
      expect(batches).toEqual([]);
      jest.advanceTimersByTime(10);
      await Promise.all(first);
      await Promise.all([3, 4, 5].map((n) => coalescer.add(n)));
      expect(batches).toEqual([
        [1, 2],
        [3, 4, 5],
      ]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('lets what came during a statement wait for others as well, until it is told that none will come', async () => {
    jest.useFakeTimers();
    try {
      const batches: number[][] = [];
      const ends: (() => void)[] = [];
      const coalescer = new Coalescer<number, number>(
        async (items) => {
          batches.push(items);
          await new Promise<void>((end) => ends.push(end));
          return items;
        },
        { batch: 3, inFlight: 1, lingerMs: 10 },
      );
      const first = coalescer.add(1);
      jest.advanceTimersByTime(10);
      const second = coalescer.add(2);
      ends[0]?.();
      await first;
      await jest.advanceTimersByTimeAsync(9);
      const third = coalescer.add(3);
      expect(batches).toEqual([[1]]);
      await jest.advanceTimersByTimeAsync(1);
      expect(batches).toEqual([[1], [2, 3]]);
      const fourth = coalescer.add(4);
      coalescer.hurry();
      ends[1]?.();
      await Promise.all([second, third]);
      expect(batches).toEqual([[1], [2, 3], [4]]);
      ends[2]?.();
      await fourth;
    } finally {
      jest.useRealTimers();
    }
  });
});
