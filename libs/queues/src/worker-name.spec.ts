import type { Queue } from 'bull';
import { forgiveUnnamedWorker } from './worker-name.js';

describe('the name of a worker', () => {
  const queueThat = (setWorkerName: () => Promise<unknown>) => ({ name: 'q', setWorkerName }) as unknown as Queue;

  it('may fail to be given, for the worker is being stopped', async () => {
    const queue = queueThat(() => Promise.reject(new Error('Connection is closed.')));
    forgiveUnnamedWorker(queue);
    await expect(queue.setWorkerName()).resolves.toBeUndefined();
  });

  it('is given by the queue itself', async () => {
    const given: string[] = [];
    const queue = queueThat(async function (this: Queue) {
      given.push(this.name);
    });
    forgiveUnnamedWorker(queue);
    await queue.setWorkerName();
    expect(given).toEqual(['q']);
  });
});
