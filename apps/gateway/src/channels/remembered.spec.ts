import { Remembered } from './remembered.js';

describe('what is remembered for a while', () => {
  it('is asked for once by those who ask at the same moment, and not again while it holds', async () => {
    let asked = 0;
    const remembered = new Remembered<number>(60_000);
    const ask = async () => ++asked;
    expect(await Promise.all([remembered.get('a', ask), remembered.get('a', ask)])).toEqual([1, 1]);
    expect(await remembered.get('a', ask)).toBe(1);
    expect(await remembered.get('b', ask)).toBe(2);
  });

  it('is asked for anew once it was forgotten, also when an answer of before is still under way', async () => {
    const remembered = new Remembered<string>(60_000);
    let answer = (_: string) => {};
    const old = remembered.get('a', () => new Promise<string>((resolve) => (answer = resolve)));
    remembered.forget('a');
    const fresh = remembered.get('a', async () => 'after');
    answer('before');
    expect([await old, await fresh]).toEqual(['before', 'after']);
    expect(remembered.inMemory('a')).toBe('after');
  });

  it('is not what cannot be kept, and not what does not exist', async () => {
    const remembered = new Remembered<number>(60_000, (value) => value > 0);
    await remembered.get('a', async () => 1);
    remembered.forget('a');
    await remembered.get('a', async () => -1);
    await remembered.get('b', async () => undefined);
    expect([remembered.inMemory('a'), remembered.inMemory('b')]).toEqual([undefined, undefined]);
  });
});
