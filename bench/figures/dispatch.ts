import { call } from '../../tools/stack/api.js';
import type { Bench } from '../harness/bench-stack.js';
import type { Group } from '../harness/group.js';
import type { Measured } from '../harness/load.js';
import { allSubmitted, fillOutbox, wakeNumbers } from '../harness/outbox.js';
import { sendBody } from '../harness/requests.js';
import { type Line, measure } from '../harness/rounds.js';

const NUMBERS = 8;
/** Connections of the raw pool: enough that it is Meta or the CPU that limits it. */
const CONNECTIONS: Readonly<Record<number, number>> = { 0: 64, 60: 512 };

/** From the outbox to Meta, by one worker and eight numbers. */
export const dispatch: Group = {
  name: 'dispatch',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    const [merchant] = await bench.make(1, NUMBERS);
    if (!merchant) throw new Error('no merchant');
    const raw = await bench.baseline('raw-pool');
    const jobs = await bench.baseline('conventional-worker');
    const lines: Line[] = [];
    for (const latencyMs of [0, 60]) {
      const ours = async (size: number): Promise<Measured> => {
        await bench.clear();
        await bench.only();
        await fillOutbox(bench, merchant, merchant.numbers, size);
        await bench.graph.set({ latencyMs });
        await bench.only('gateway-worker');
        return timed(size, async () => {
          await wakeNumbers(bench, merchant, merchant.numbers);
          await allSubmitted(bench, size);
        });
      };
      const jobEach = async (size: number): Promise<Measured> => {
        await bench.clear();
        await bench.only();
        const ids = await fillOutbox(bench, merchant, merchant.numbers, size);
        await bench.graph.set({ latencyMs });
        // Bull takes a job only when it is there; queueing all while the worker sleeps is what accepting would have cost.
        process.kill(jobs.pid, 'SIGSTOP');
        await queueSends(bench, merchant.tenantId, ids);
        return timed(size, async () => {
          process.kill(jobs.pid, 'SIGCONT');
          await allSubmitted(bench, size);
        });
      };
      const rawPool = async (size: number): Promise<Measured> => {
        await bench.only();
        await bench.graph.set({ latencyMs });
        return call('POST', `${raw.url}/run`, {
          body: {
            count: size,
            body: sendBody('template', 0),
            path: `/v24.0/${merchant.numbers[0].metaPhoneNumberId}/messages`,
            connections: CONNECTIONS[latencyMs],
          },
        });
      };
      say(`dispatch, answers after ${latencyMs} ms …`);
      lines.push(
        ...(await measure(
          {
            name: `dispatch, answers after ${latencyMs} ms`,
            size: 12_000,
            run: ours,
            baselines: [
              { name: 'C', ...(latencyMs === 0 ? { goal: 0.5 } : {}), run: rawPool },
              { name: 'D', goal: 3, run: jobEach },
            ],
          },
          rounds,
          share,
        )),
      );
    }
    raw.stop();
    jobs.stop();
    await bench.clear();
    return lines;
  },
};

async function timed(size: number, work: () => Promise<void>): Promise<Measured> {
  const from = performance.now();
  await work();
  return { perSecond: size / ((performance.now() - from) / 1_000) };
}

async function queueSends(bench: Bench, tenantId: string, ids: readonly string[]): Promise<void> {
  const { default: Bull } = await import('bull');
  const queue = new Bull('send', bench.redisUrl, { prefix: '{conventional}' });
  for (let from = 0; from < ids.length; from += 1_000) {
    const jobs = ids.slice(from, from + 1_000).map((messageId) => ({
      data: { tenantId, messageId },
      opts: { removeOnComplete: true, removeOnFail: true },
    }));
    await queue.addBulk(jobs);
  }
  await queue.close();
}
