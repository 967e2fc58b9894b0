import type { Bench } from '../harness/bench-stack.js';
import type { Group } from '../harness/group.js';
import type { BenchMerchant } from '../harness/merchants.js';
import { allSubmitted, fillOutbox, wakeNumbers } from '../harness/outbox.js';
import { type Line, whole } from '../harness/rounds.js';

/** Meta's highest throughput (throughput page of 2025-11-21), and how little of it still counts as used in full. */
const [MOST, LEAST] = [1_000, 980];
const LATENCY_MS = 60;
const WORKERS = 3;
/** Other numbers, which fall to the workers in turn, and what each sends before the minute. */
const WARMING = { numbers: 6, each: 2_000 };

/** One number at Meta's top rate for a minute, with three workers that could send from it. */
export const oneNumber: Group = {
  name: 'one-number',
  beyondLimits: false,
  run: async (bench, { share, say }) => {
    const seconds = Math.max(3, Math.round(60 * share));
    say(`one number at ${whole(MOST)}/s for ${seconds} s …`);
    const [merchant] = await bench.make(1, 1);
    if (!merchant) throw new Error('no merchant');
    const more = await Promise.all(Array.from({ length: WORKERS - 1 }, () => bench.worker()));
    await warm(bench);
    const count = MOST * (seconds + 2);
    // All stand still while the outbox is filled: their sweepers would begin with it, before calls are counted.
    await bench.only();
    for (const worker of more) process.kill(worker.pid, 'SIGSTOP');
    await fillOutbox(bench, merchant, merchant.numbers, count);
    await bench.graph.set({ latencyMs: LATENCY_MS, track: true });
    for (const worker of more) process.kill(worker.pid, 'SIGCONT');
    await bench.only('gateway-worker');
    await wakeNumbers(bench, merchant, merchant.numbers);
    await allSubmitted(bench, count);
    for (const worker of more) worker.stop();
    const line = await judge(bench, merchant, seconds);
    await bench.clear();
    return [line];
  },
};

/** All workers send, so that the minute finds code that has run, plans that are kept and connections that are open. */
async function warm(bench: Bench): Promise<void> {
  const [merchant] = await bench.make(1, WARMING.numbers);
  if (!merchant) throw new Error('no merchant');
  const count = WARMING.numbers * WARMING.each;
  await bench.only('gateway-worker');
  await fillOutbox(bench, merchant, merchant.numbers, count);
  await bench.graph.set({ latencyMs: LATENCY_MS });
  await wakeNumbers(bench, merchant, merchant.numbers);
  await allSubmitted(bench, count);
  await bench.clear();
}

async function judge(bench: Bench, { numbers }: BenchMerchant, seconds: number): Promise<Line> {
  const at = (await bench.graph.arrivals(numbers)).map((a) => a.at).sort((a, b) => a - b);
  const first = at[0] ?? 0;
  // The first second begins with the wake, not with its allowance, and the last is not full.
  const perSecond = Array.from({ length: seconds }, (_, s) => {
    const [from, to] = [first + s * 1_000, first + (s + 1) * 1_000];
    return at.filter((t) => t >= from && t < to).length;
  });
  const anySecond = mostInAnySecond(at);
  const [least, most] = [Math.min(...perSecond), Math.max(...perSecond)];
  return {
    figure: `one number, three workers, ${seconds} s`,
    measured: `${least} to ${most} each second, at most ${anySecond} in any second`,
    baseline: `${whole(MOST)}/s`,
    ratio: '',
    goal: `${LEAST} to ${MOST} each second, never above`,
    met: least >= LEAST && anySecond <= MOST,
    data: { perSecond, anySecond },
  };
}

/** The most calls that any second saw, wherever it begins. @param at sorted instants in ms */
export function mostInAnySecond(at: readonly number[]): number {
  let most = 0;
  for (let from = 0, to = 0; to < at.length; to++) {
    while ((at[to] ?? 0) - (at[from] ?? 0) >= 1_000) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
