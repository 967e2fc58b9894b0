import { despiteDeadlock } from './despite-deadlock.js';

const failing = (times: number, code: string) => {
  let runs = 0;
  return async () => {
    if (++runs <= times) throw Object.assign(new Error('ended'), { code });
    return runs;
  };
};

describe('a transaction that another one locked out', () => {
  it('is done again, and is given up when that does not help', async () => {
    await expect(despiteDeadlock(failing(0, '40P01'))).resolves.toBe(1);
    await expect(despiteDeadlock(failing(2, '40P01'))).resolves.toBe(3);
    await expect(despiteDeadlock(failing(3, '40P01'))).rejects.toThrow('ended');
  });

  it('is done once when it failed for another reason', async () => {
    await expect(despiteDeadlock(failing(1, '23505'))).rejects.toThrow('ended');
  });
});
