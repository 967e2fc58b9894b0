import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isWithinRate, type RateSeen } from './rate-proof.js';
import type { ScenarioResult } from './run-scenario.js';

const COLUMNS: readonly [string, (r: ScenarioResult) => string | number][] = [
  ['scenario', (r) => r.name],
  ['accepted', (r) => r.accepted],
  ['final', (r) => r.final],
  ['parked', (r) => r.parked],
  ['doubles', (r) => r.doubles],
  ['missing events', (r) => r.missingEvents],
  ['untrue', (r) => r.untrue],
  ['disordered', (r) => r.disordered],
  ['mischarged', (r) => r.mischarged + r.unbalanced],
  ['left', (r) => r.left],
  ['worst stall', (r) => `${(r.worstStallMs / 1_000).toFixed(1)} s`],
  ['took', (r) => `${r.seconds} s`],
  ['verdict', (r) => (r.holds ? 'holds' : 'BROKEN')],
];

const RATE_COLUMNS: readonly [string, (r: RateSeen) => string | number][] = [
  ['number', (r) => r.number],
  ['allowed a second', (r) => r.allowed],
  ['most in any second', (r) => r.most],
  ['calls', (r) => r.calls],
  ['refused for the rate', (r) => r.refused],
  ['above the pair rate', (r) => r.abovePairRate],
  ['twice', (r) => r.twice],
  ['verdict', (r) => (isWithinRate(r) ? 'holds' : 'BROKEN')],
];

/** The report as a table for people, in Markdown. */
export const tableOf = (results: readonly ScenarioResult[]): string => table(COLUMNS, results);
export const rateTableOf = (rates: readonly RateSeen[]): string => table(RATE_COLUMNS, rates);

function table<Of>(columns: readonly [string, (of: Of) => string | number][], lines: readonly Of[]): string {
  const rows = [columns.map(([title]) => title), ...lines.map((l) => columns.map(([, of]) => String(of(l))))];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]) => `| ${cells.map((c, i) => c.padEnd(widths[i] as number)).join(' | ')} |`;
  const [head, ...body] = rows.map((row) => line(row));
  return [head, line(widths.map((w) => '-'.repeat(w))), ...body].join('\n');
}

/** Writes `faults.md` and `faults.json`. @returns the path of the first */
export function writeReport(
  folder: string,
  seed: number,
  results: readonly ScenarioResult[],
  rates: readonly RateSeen[],
): string {
  mkdirSync(folder, { recursive: true });
  const broken = results.flatMap((r) => r.examples.map((e) => `- ${r.name}: ${e}`));
  const words = [
    `# Faults, seed ${seed}`,
    tableOf(results),
    rateTableOf(rates),
    ...(broken.length > 0 ? [broken.join('\n')] : []),
  ];
  const file = join(folder, 'faults.md');
  writeFileSync(file, `${words.join('\n\n')}\n`);
  writeFileSync(join(folder, 'faults.json'), `${JSON.stringify({ seed, results, rates }, null, 2)}\n`);
  return file;
}
