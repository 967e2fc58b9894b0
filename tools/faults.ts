// Breaks a running stack in every way it must survive, under load, and reports what held.
//   npm run faults                        every scenario, a minute each
//   npm run faults -- --only kill,meta    those whose name contains one of these
//   npm run faults -- --minutes 10        how long each lasts (a fraction will do)
//   npm run faults -- --seed 42           the same choices again; the seed of each run is printed
//   npm run faults -- --rate 40           messages a second
//   npm run faults -- --short             the form that npm test runs, in two minutes
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Lab } from './faults/lab.js';
import { Random } from './faults/random.js';
import { isWithinRate, proveRate, type RateSeen } from './faults/rate-proof.js';
import { rateTableOf, tableOf, writeReport } from './faults/report.js';
import { runScenario, type ScenarioResult } from './faults/run-scenario.js';
import { SCENARIOS, type Scenario, SHORT_RUNS } from './faults/scenarios.js';
import { ROOT } from './services/root.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rate: { type: 'string', default: '40' },
    short: { type: 'boolean', default: false },
    report: { type: 'string', default: join(ROOT, 'test', 'output') },
    folder: { type: 'string' },
  },
});
/** Not a fault but a promise that must hold through faults: see rate-proof.ts. */
const RATE = 'rate';
const [seed, minutes, perSecond] = [values.seed, values.minutes, values.rate].map(Number) as [number, number, number];
const only = values.only.split(',').filter(Boolean);
const isChosen = (name: string) => only.length === 0 || only.some((part) => name.includes(part));
const chosen = SCENARIOS.filter((s) => isChosen(s.name));
if ((chosen.length === 0 && !isChosen(RATE)) || [seed, minutes, perSecond].some((n) => !(n >= 0))) {
  console.error(`Scenarios: ${SCENARIOS.map((s) => s.name).join(', ')}, ${RATE}`);
  process.exit(2);
}

const runs: { name: string; scenarios: readonly Scenario[]; messages: number }[] = values.short
  ? SHORT_RUNS.map((run) => ({ ...run, scenarios: SCENARIOS.filter((s) => run.scenarios.includes(s.name)) }))
  : chosen.map((s) => ({ name: s.name, scenarios: [s], messages: Math.ceil(perSecond * 60 * minutes) }));

console.log(`Faults, seed ${seed}`);
const lab = await Lab.start(new Random(seed), (words) => console.log(`  ${words}`), values.folder);
const results: ScenarioResult[] = [];
let rates: RateSeen[] = [];
try {
  for (const { name, scenarios, messages } of runs) {
    console.log(`  ${name}: ${scenarios.map((s) => s.says).join('; ')} …`);
    const result = await runScenario(lab, name, scenarios, { perSecond, messages });
    results.push(result);
    console.log(`    ${result.holds ? 'holds' : 'BROKEN'} after ${result.seconds} s`);
    for (const example of result.examples) console.log(`    ${example}`);
  }
  if (isChosen(RATE)) {
    console.log('  rate: backlogs of three kinds of numbers, all three workers killed meanwhile …');
    rates = await proveRate(lab, values.short ? 4 : Math.ceil(20 * minutes));
  }
} finally {
  await lab.stop();
}
if (results.length > 0) console.log(`\n${tableOf(results)}`);
if (rates.length > 0) console.log(`\n${rateTableOf(rates)}`);
console.log(`\nWritten to ${writeReport(values.report, seed, results, rates)}`);
process.exit(results.every((r) => r.holds) && rates.every(isWithinRate) ? 0 : 1);
