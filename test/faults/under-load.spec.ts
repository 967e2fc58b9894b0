import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWithinRate, type RateSeen } from '../../tools/faults/rate-proof.js';
import type { ScenarioResult } from '../../tools/faults/run-scenario.js';
import { SHORT_RUNS } from '../../tools/faults/scenarios.js';

const COMMAND = join(import.meta.dirname, '..', '..', 'dist', 'tools', 'faults.js');

/** The short form of `npm run faults`, on a stack of its own; its report. */
async function breakEverything(): Promise<{ seed: number; results: ScenarioResult[]; rates: RateSeen[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'paloma-faults-'));
  const child = spawn(process.execPath, [COMMAND, '--short', '--rate', '30', '--report', folder]);
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (words += chunk));
  try {
    await once(child, 'exit');
    return JSON.parse(readFileSync(join(folder, 'faults.json'), 'utf8'));
  } catch (error) {
    throw new Error(`npm run faults -- --short left no report (${error}):\n${words}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a stack that is broken under load', () => {
  let report: Awaited<ReturnType<typeof breakEverything>>;
  beforeAll(async () => {
    report = await breakEverything();
  }, 3_600_000);

  it.each(SHORT_RUNS.map((run) => run.name))('loses nothing, sends nothing twice and stays true when %s', (name) => {
    const result = report.results.find((r) => r.name === name);
    const { seed } = report;
    expect({ seed, examples: result?.examples, left: result?.left, holds: result?.holds }).toEqual({
      seed,
      examples: [],
      left: 0,
      holds: true,
    });
    expect(result?.accepted).toBeGreaterThan(0);
    expect((result?.final ?? 0) + (result?.parked ?? 0)).toBe(result?.accepted);
  });

  it('never sends faster than Meta allows, with three workers that are killed meanwhile', () => {
    expect(report.rates.map((r) => r.allowed)).toEqual([80, 1_000, 20]);
    for (const seen of report.rates) {
      expect({ ...seen, holds: isWithinRate(seen) }).toEqual({ ...seen, holds: true });
      expect(seen.calls).toBeGreaterThan(seen.allowed);
    }
  });
});
