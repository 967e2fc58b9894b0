// Breaks a running stack in every way it must survive, under load, and reports what held.
//   npm run faults                        every scenario, a minute each
//   npm run faults -- --only kill,meta    those whose name contains one of these
//   npm run faults -- --minutes 10        how long each lasts (a fraction will do)
//   npm run faults -- --seed 42           the same choices again; the seed of each run is printed
//   npm run faults -- --rate 40           messages a second
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Lab } from './faults/lab.js';
import { Random } from './faults/random.js';
import { tableOf, writeReport } from './faults/report.js';
import { runScenario, type ScenarioResult } from './faults/run-scenario.js';
import { SCENARIOS } from './faults/scenarios.js';
import { ROOT } from './services/root.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rate: { type: 'string', default: '40' },
    folder: { type: 'string' },
  },
});
const [seed, minutes, perSecond] = [values.seed, values.minutes, values.rate].map(Number) as [number, number, number];
const only = values.only.split(',').filter(Boolean);
const chosen = SCENARIOS.filter((s) => only.length === 0 || only.some((name) => s.name.includes(name)));
if (chosen.length === 0 || [seed, minutes, perSecond].some((n) => !(n >= 0))) {
  console.error(`Scenarios: ${SCENARIOS.map((s) => s.name).join(', ')}`);
  process.exit(2);
}

console.log(`Faults, seed ${seed}`);
const lab = await Lab.start(new Random(seed), (words) => console.log(`  ${words}`), values.folder);
const results: ScenarioResult[] = [];
try {
  for (const scenario of chosen) {
    console.log(`  ${scenario.name}: ${scenario.says} …`);
    const result = await runScenario(lab, [scenario], { perSecond, messages: Math.ceil(perSecond * 60 * minutes) });
    results.push(result);
    console.log(`    ${result.holds ? 'holds' : 'BROKEN'} after ${result.seconds} s`);
    for (const example of result.examples) console.log(`    ${example}`);
  }
} finally {
  await lab.stop();
}
console.log(`\n${tableOf(results)}\n`);
console.log(`Written to ${writeReport(join(ROOT, 'test', 'output'), seed, results)}`);
process.exit(results.every((r) => r.holds) ? 0 : 1);
