import { call } from '../../tools/stack/api.js';
import type { Bench } from '../harness/bench-stack.js';
import { residentMb } from '../harness/cpu.js';
import type { Group } from '../harness/group.js';
import { pacedLoad } from '../harness/load.js';
import { sendBody, sendHeaders } from '../harness/requests.js';
import type { Line } from '../harness/rounds.js';

const PROCESSES = ['gateway', 'gateway-worker'];
const MOST_MB = 150;
/** Beyond this a process grows; below it the garbage collector has not come by yet. */
const FLAT = 0.1;
const PER_SECOND = 200;
const MINUTES = 10;
/** V8 gives back the memory in which modules were loaded when a process has been quiet for some 100 s. */
const QUIET_S = 150;

/** What the gateway's processes hold at rest, and how it grows while messages go all the way for ten minutes. */
export const memory: Group = {
  name: 'memory',
  beyondLimits: false,
  run: async (bench, { share, say }) => {
    bench.all();
    await bench.graph.set({ latencyMs: 0 });
    const rest = Math.max(2, QUIET_S * share);
    say(`memory at rest, after ${Math.round(rest)} s …`);
    await new Promise((resolve) => setTimeout(resolve, rest * 1_000));
    const lines: Line[] = PROCESSES.map((name) => {
      const mb = held(bench, name);
      return line(`memory at rest, ${name}`, `${mb.toFixed(0)} MB`, `≤ ${MOST_MB} MB`, mb <= MOST_MB, { mb });
    });

    const [merchant] = await bench.make(1, 8);
    if (!merchant) throw new Error('no merchant');
    await call('POST', `${bench.gateway}/api/v1/webhooks`, { token: merchant.apiKey, body: { url: bench.endpoint } });
    await bench.graph.set({
      latencyMs: 60,
      statuses: {
        url: bench.gateway,
        path: '/meta/webhooks',
        appSecret: bench.appSecret,
        wabaOf: Object.fromEntries(merchant.numbers.map((n) => [n.metaPhoneNumberId, merchant.metaWabaId])),
      },
    });
    // Twelve looks of a minute's length each, the first two while caches and code grow to their size.
    const turns = 12;
    const seconds = Math.max(1, (MINUTES * 60 * share) / (turns - 2));
    say(`memory under ${PER_SECOND} messages a second all the way, for ${Math.round(turns * seconds)} s …`);
    const seen = new Map<string, number[]>(PROCESSES.map((name) => [name, []]));
    for (let turn = 0; turn < turns; turn++) {
      await pacedLoad(bench.gateway, PER_SECOND, seconds, (n) => ({
        path: `/v24.0/${(merchant.numbers[n % 8] ?? merchant.numbers[0]).metaPhoneNumberId}/messages`,
        headers: sendHeaders(merchant),
        body: sendBody('template', turn * 1_000_000 + n),
      }));
      for (const [name, mb] of seen) mb.push(held(bench, name));
    }
    for (const [name, mb] of seen) {
      const growth = mean(mb.slice(-3)) / mean(mb.slice(2, 5)) - 1;
      const words = `${mb
        .slice(2)
        .map((m) => m.toFixed(0))
        .join(' ')} MB (${growth < 0 ? '' : '+'}${(growth * 100).toFixed(0)} %)`;
      lines.push(line(`memory under load, ${name}`, words, 'flat', growth <= FLAT, { mb }));
    }
    await bench.clear();
    return lines;
  },
};

const held = (bench: Bench, name: string): number => residentMb(bench.pids(name)[0] as number) ?? Number.NaN;
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const line = (figure: string, measured: string, goal: string, met: boolean, data: unknown): Line => ({
  figure,
  measured,
  baseline: '',
  ratio: '',
  goal,
  met,
  data,
});
