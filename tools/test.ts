// Everything that CI runs: format and lint, types, then all tests (the import rules are one of them)
// on services of their own.
//   npm test                    all of it; the last line is "N passed, N failed"
//   npm test -- PATTERN...      the same, with only those test files whose path matches
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentEnvironment } from '#libs/config';
import { ROOT } from './services/root.js';

const bin = (name: string) => join(ROOT, 'node_modules', '.bin', name);
const scratch = mkdtempSync(join(tmpdir(), 'paloma-test-'));

function run(command: string, args: string[], show: 'always' | 'when-it-fails'): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...currentEnvironment(), FORCE_COLOR: currentEnvironment().CI ? '0' : '1' },
      stdio: ['ignore', show === 'always' ? 'inherit' : 'pipe', show === 'always' ? 'inherit' : 'pipe'],
    });
    let words = '';
    child.stdout?.on('data', (chunk) => (words += chunk));
    child.stderr?.on('data', (chunk) => (words += chunk));
    child.once('close', (code) => {
      if (code !== 0 && words) process.stdout.write(`${words}\n`);
      resolve(code === 0);
    });
  });
}

let passed = 0;
let failed = 0;
async function check(name: string, command: string, args: string[]): Promise<void> {
  const startedAt = performance.now();
  const ok = await run(command, args, 'when-it-fails');
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
}

await Promise.all([
  check('format and lint', bin('biome'), ['ci', '--error-on-warnings', '.']),
  check('types', bin('tsc'), ['--noEmit']),
]);

const patterns = process.argv.slice(2);
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join('node_modules', 'jest', 'bin', 'jest.js'),
];

/** Runs some of Jest's projects and adds their tests to the sum. */
async function tests(...selection: string[]): Promise<void> {
  const results = join(scratch, 'jest.json');
  rmSync(results, { force: true });
  const filter = patterns.length > 0 ? ['--passWithNoTests', '--testPathPatterns', ...patterns] : [];
  const ended = await run(
    process.execPath,
    [...jest, '--json', `--outputFile=${results}`, ...selection, ...filter],
    'always',
  );
  const said = existsSync(results) ? (JSON.parse(readFileSync(results, 'utf8')) as JestResult) : undefined;
  const bad = (said?.numFailedTests ?? 0) + (said?.numRuntimeErrorTestSuites ?? 0);
  passed += said?.numPassedTests ?? 0;
  failed += bad;
  if (!ended && bad === 0) {
    console.log('FAIL Jest ended without a result');
    failed++;
  }
}
interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
}

await tests('--selectProjects', 'unit', 'architecture', 'integration', 'contract', 'scenarios');
// One after the other: these share a running stack, and some kill its processes.
await tests('--selectProjects', 'e2e', '--runInBand');
rmSync(scratch, { recursive: true, force: true });

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
