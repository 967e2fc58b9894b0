// The benchmark suite (bench/README.md).
//   npm run bench
//   npm run bench -- --rounds 7 --requests 8000 accept
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../tools/services/root.js';
import { acceptFigures } from './figures/accept.js';
import { intakeFigures } from './figures/intake.js';
import { startBench } from './harness/bench-stack.js';
import { measure, type Result } from './harness/rounds.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, requests: { type: 'string', default: '6000' } },
});
const bench = await startBench((words) => console.log(`  ${words}`));
const results: Result[] = [];
try {
  const figures = [...acceptFigures(bench), ...intakeFigures(bench)];
  for (const figure of figures.filter((f) => positionals.length === 0 || positionals.some((p) => f.name.includes(p)))) {
    results.push(await measure(figure, Number(values.rounds), Number(values.requests)));
    console.log(`  ${figure.name} …`);
  }
} finally {
  await bench.stop();
}

const round = (n: number) => Math.round(n).toLocaleString('en');
console.table(
  Object.fromEntries(
    results.map((r) => [
      r.name,
      {
        'per second': round(r.product.perSecond),
        'p50 ms': r.product.p50.toFixed(1),
        'p99 ms': r.product.p99.toFixed(1),
        baseline: round(r.baseline.perSecond),
        ratio: `${r.ratio.median.toFixed(2)} (${r.ratio.min.toFixed(2)}–${r.ratio.max.toFixed(2)})`,
        goal: r.goal === undefined ? '' : `≥ ${r.goal}`,
      },
    ]),
  ),
);
const folder = join(ROOT, 'bench', 'results');
mkdirSync(folder, { recursive: true });
const at = new Date().toISOString();
const file = join(folder, `${at.slice(0, 19).replaceAll(':', '')}.json`);
writeFileSync(
  file,
  `${JSON.stringify({ at, node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, results }, null, 2)}\n`,
);
console.log(`Written to ${file}`);
process.exit(0);
