import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** The report as a table for people, in Markdown. */
export function tableOf(results: readonly ScenarioResult[]): string {
  const rows = [COLUMNS.map(([title]) => title), ...results.map((r) => COLUMNS.map(([, of]) => String(of(r))))];
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)));
  const line = (cells: readonly string[]) => `| ${cells.map((c, i) => c.padEnd(widths[i] as number)).join(' | ')} |`;
  const [head, ...body] = rows.map((row) => line(row));
  return [head, line(widths.map((w) => '-'.repeat(w))), ...body].join('\n');
}

/** Writes `faults.md` and `faults.json`. @returns the path of the first */
export function writeReport(folder: string, seed: number, results: readonly ScenarioResult[]): string {
  mkdirSync(folder, { recursive: true });
  const broken = results.flatMap((r) => r.examples.map((e) => `- ${r.name}: ${e}`));
  const words = [`# Faults, seed ${seed}`, tableOf(results), ...(broken.length > 0 ? [broken.join('\n')] : [])];
  const file = join(folder, 'faults.md');
  writeFileSync(file, `${words.join('\n\n')}\n`);
  writeFileSync(join(folder, 'faults.json'), `${JSON.stringify({ seed, results }, null, 2)}\n`);
  return file;
}
