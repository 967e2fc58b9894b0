import type { Bench } from '../harness/bench-stack.js';
import { residentMb } from '../harness/cpu.js';
import type { Group } from '../harness/group.js';
import { load, pacedLoad, quantiles } from '../harness/load.js';
import type { BenchMerchant } from '../harness/merchants.js';
import { allSubmitted } from '../harness/outbox.js';
import { customer, sendBody, sendHeaders } from '../harness/requests.js';
import { type Line, median } from '../harness/rounds.js';

const [TENANTS, NUMBERS_EACH] = [200, 5];
const BURST = 50_000;
/** The quiet tenant sends so many a second, each to a customer of its own. */
const QUIET_PER_SECOND = 20;
const QUIET_SECONDS = 15;
const GRAPH_MS = 60;

/** 1,000 numbers of 200 tenants in one stack: what they hold, and what one of them notices of another's burst. */
export const tenants: Group = {
  name: 'tenants',
  beyondLimits: false,
  run: async (bench, { rounds, share, say }) => {
    bench.all();
    say(`${TENANTS} tenants with ${TENANTS * NUMBERS_EACH} numbers …`);
    const merchants = await bench.make(TENANTS, NUMBERS_EACH);
    await bench.graph.set({ latencyMs: 0 });
    await everyNumberSends(bench, merchants);
    const lines: Line[] = ['gateway', 'gateway-worker'].map((name) => ({
      figure: `memory with ${TENANTS * NUMBERS_EACH} numbers, ${name}`,
      measured: `${(residentMb(bench.pids(name)[0] as number) ?? Number.NaN).toFixed(0)} MB`,
      baseline: '',
      ratio: '',
      goal: '',
      met: undefined,
      data: undefined,
    }));
    const [quiet, busy] = merchants as [BenchMerchant, BenchMerchant];
    const alone: number[] = [];
    const beside: number[] = [];
    const seconds = Math.max(2, QUIET_SECONDS * share);
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      await bench.clear();
      await bench.graph.set({ latencyMs: GRAPH_MS, track: true });
      alone.push(await acceptToMeta(bench, quiet, seconds));
      await bench.clear();
      await bench.graph.set({ latencyMs: GRAPH_MS, track: true });
      say(`another tenant sends ${BURST * share} …`);
      const burst = sendBurst(bench, busy, BURST * share);
      beside.push(await acceptToMeta(bench, quiet, seconds));
      await burst;
    }
    const [busyP99, aloneP99] = [median(beside), median(alone)];
    lines.push({
      figure: 'quiet tenant, accept to Meta',
      measured: `p99 ${busyP99.toFixed(0)} ms beside a burst of ${BURST * share}`,
      baseline: `alone ${aloneP99.toFixed(0)} ms`,
      ratio: (busyP99 / aloneP99).toFixed(2),
      goal: '≤ 2 alone',
      met: busyP99 <= 2 * aloneP99,
      data: { alone, beside },
    });
    await bench.clear();
    return lines;
  },
};

const path = (merchant: BenchMerchant, n: number): string =>
  `/v24.0/${(merchant.numbers[n % NUMBERS_EACH] ?? merchant.numbers[0]).metaPhoneNumberId}/messages`;

async function everyNumberSends(bench: Bench, merchants: readonly BenchMerchant[]): Promise<void> {
  const count = merchants.length * NUMBERS_EACH;
  await load(bench.gateway, 16, count, (n) => {
    const merchant = merchants[Math.floor(n / NUMBERS_EACH)] as BenchMerchant;
    return { path: path(merchant, n), headers: sendHeaders(merchant), body: sendBody('template', n) };
  });
  await allSubmitted(bench, count);
}

/** The slowest hundredth of the ways from the tenant's request to Meta, in ms. */
async function acceptToMeta(bench: Bench, merchant: BenchMerchant, seconds: number): Promise<number> {
  const askedAt = new Map<string, number>();
  // Customers of its own, so that its messages are told apart from those of the burst.
  const first = 70_000_000;
  await pacedLoad(bench.gateway, QUIET_PER_SECOND, seconds, (n) => {
    askedAt.set(`+${customer(first + n)}`, performance.timeOrigin + performance.now());
    return { path: path(merchant, n), headers: sendHeaders(merchant), body: sendBody('template', first + n) };
  });
  for (;;) {
    const arrivals = await bench.graph.arrivals(merchant.numbers);
    if (arrivals.length >= askedAt.size) {
      return quantiles(arrivals.map((a) => a.at - (askedAt.get(a.to) ?? Number.NaN))).p99;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function sendBurst(bench: Bench, merchant: BenchMerchant, count: number): Promise<void> {
  await load(bench.gateway, 16, count, (n) => ({
    path: path(merchant, n),
    headers: sendHeaders(merchant),
    body: sendBody('template', n),
  }));
  await allSubmitted(bench, count);
}
