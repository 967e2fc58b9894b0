// The benchmark suite (bench/README.md).
//   npm run bench
//   npm run bench -- accept dispatch
//   npm run bench -- --quick
//   npm run bench -- --rounds 7 whole-way
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../tools/services/root.js';
import { accept } from './figures/accept.js';
import { applying } from './figures/applying.js';
import { campaign } from './figures/campaign.js';
import { campaignMillion } from './figures/campaign-million.js';
import { contactImport } from './figures/contact-import.js';
import { dispatch } from './figures/dispatch.js';
import { intake } from './figures/intake.js';
import { invoice } from './figures/invoice.js';
import { ledgerEntries } from './figures/ledger-entries.js';
import { memory } from './figures/memory.js';
import { oneNumber } from './figures/one-number.js';
import { overview } from './figures/overview.js';
import { quota } from './figures/quota.js';
import { rating } from './figures/rating.js';
import { tenants } from './figures/tenants.js';
import { walletHolds } from './figures/wallet-holds.js';
import { wholeWay } from './figures/whole-way.js';
import { startBench } from './harness/bench-stack.js';
import type { Effort, Group } from './harness/group.js';
import type { Line } from './harness/rounds.js';

const GROUPS: readonly Group[] = [
  accept,
  intake,
  dispatch,
  applying,
  memory,
  oneNumber,
  campaign,
  campaignMillion,
  wholeWay,
  tenants,
  walletHolds,
  quota,
  rating,
  ledgerEntries,
  invoice,
  contactImport,
  overview,
];
/** Far more than the CPU allows. */
const NO_LIMIT = { META_HIGH_THROUGHPUT: '1000000' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
for (const name of positionals) {
  if (GROUPS.some((g) => g.name === name)) continue;
  console.error(`There is no figure "${name}". There are: ${GROUPS.map((g) => g.name).join(', ')}.`);
  process.exit(1);
}
// Leaves the ordinary way, on which stand-ins and baselines are ended; the reaper of the stack does the rest.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const effort: Effort = {
  rounds: Number(values.rounds ?? (values.quick ? 1 : 5)),
  share: values.quick ? 0.05 : 1,
  say: (words) => console.log(`  ${words}`),
};
const chosen = GROUPS.filter((g) => (positionals.length === 0 ? !g.onRequest : positionals.includes(g.name)));
const lines: Line[] = [];
const failed: string[] = [];
for (const beyondLimits of [true, false]) {
  const groups = chosen.filter((g) => g.beyondLimits === beyondLimits);
  if (groups.length === 0) continue;
  const bench = await startBench(effort.say, beyondLimits ? NO_LIMIT : {});
  try {
    for (const group of groups) {
      try {
        const measured = await group.run(bench, effort);
        // A long run that is interrupted has said something by then.
        for (const l of measured)
          console.log(`  ${[l.figure, l.measured, l.baseline, l.ratio].filter(Boolean).join(' · ')}`);
        lines.push(...measured);
      } catch (error) {
        // The other figures are worth having all the same.
        failed.push(group.name);
        console.error(`${group.name} could not be measured:`, error);
      }
    }
  } finally {
    await bench.stop();
  }
}

// A smoke is too short to judge by.
const verdict = (met: boolean | undefined) => (met === undefined || values.quick ? '' : met ? 'met' : 'NOT MET');
console.table(
  lines.map(({ figure, measured, baseline, ratio, goal, met }) => ({
    figure,
    measured,
    baseline,
    ratio,
    goal,
    verdict: verdict(met),
  })),
);
const folder = join(ROOT, 'bench', 'results');
mkdirSync(folder, { recursive: true });
const at = new Date().toISOString();
const file = join(folder, `${at.slice(0, 19).replaceAll(':', '')}.json`);
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
writeFileSync(
  file,
  `${JSON.stringify({ at, ...machine, rounds: effort.rounds, share: effort.share, lines }, null, 2)}\n`,
);
console.log(`Written to ${file}`);
process.exit(failed.length > 0 ? 1 : 0);
