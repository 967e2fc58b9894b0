import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const CASES = join(import.meta.dirname, '../fixtures/pricing-cases');
const files = readdirSync(CASES).filter((name) => name.endsWith('.json'));

interface Line {
  event?: string;
  reason?: string;
  item?: string;
  market?: string;
  category?: string;
  quantity?: number;
  unit_price?: string;
  amount?: string;
}
const run = promisify(execFile);

/** Runs the command as finance does; a failing exit is an answer too. */
async function rate(paths: string[]): Promise<{ lines: Record<string, unknown>[]; stderr: string; code: number }> {
  const ran = await run('npm', ['run', '--silent', 'rate', '--', ...paths], { cwd: ROOT }).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
  const lines = ran.stdout.split('\n').filter((line) => line !== '');
  return { lines: lines.map((line) => JSON.parse(line)), stderr: ran.stderr, code: ran.code };
}

/** "0.10" and "0.1" are one price. */
const plain = (decimal: string | undefined): string | undefined =>
  decimal?.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
const inWords = (lines: unknown): string[] =>
  (lines as Line[])
    .map((l) =>
      [l.event ?? l.item, l.reason, l.market, l.category, plain(l.unit_price), l.quantity ?? 1, plain(l.amount)].join(
        ' ',
      ),
    )
    .sort();

describe('npm run rate', () => {
  const rated = rate(files.map((file) => join(CASES, file)));

  it.each(files.map((file, i) => [file, i] as const))('gives the worked answer to %s', async (file, i) => {
    const { expect: wanted, id } = JSON.parse(readFileSync(join(CASES, file), 'utf8'));
    const got = (await rated).lines[i] ?? {};
    expect(got.case).toBe(id);
    expect(inWords(got.charges)).toEqual(inWords(wanted.charges));
    expect(inWords(got.free)).toEqual(inWords(wanted.free));
    expect(inWords(got.parked)).toEqual(inWords(wanted.parked));
    expect([plain(got.total as string), got.currency]).toEqual([plain(wanted.total), wanted.currency]);
    if (!wanted.tenant_invoice) return;
    const { lines, ...sums } = got.tenant_invoice as Record<string, unknown>;
    const { lines: wantedLines, ...wantedSums } = wanted.tenant_invoice;
    expect(inWords(lines)).toEqual(inWords(wantedLines));
    expect(sums).toEqual(wantedSums);
  });

  it('says nothing but JSON, one line a file, and leaves in peace', async () => {
    const { lines, stderr, code } = await rated;
    expect([lines.length, stderr, code]).toEqual([files.length, '', 0]);
  });

  it('names what is wrong with a file, rates the others all the same, and exits with 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paloma-rate-'));
    const good = {
      format: 'pricing-case/1',
      id: 'good',
      context: { wabas: [] as unknown[] },
      events_file: 'log.jsonl',
    };
    good.context.wabas.push({ id: 'W', timezone: 'Asia/Kolkata', currency: 'INR', numbers: ['N'] });
    writeFileSync(join(folder, 'log.jsonl'), '\n{"kind":"carrier_pigeon","id":"p1"}\n\n');
    writeFileSync(join(folder, 'bad.jsonl'), '\n{"kind":"text","id":"t1"\n');
    writeFileSync(join(folder, 'good.json'), JSON.stringify(good));
    writeFileSync(
      join(folder, 'line.json'),
      JSON.stringify({ ...good, id: 'line', events_file: ['log.jsonl', 'bad.jsonl'] }),
    );
    writeFileSync(join(folder, 'text.json'), 'no JSON');
    const paths = ['absent', 'text', 'line', 'good'].map((name) => join(folder, `${name}.json`));
    const { lines, stderr, code } = await rate(paths);
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(lines.map((line) => [line.case, line.file, 'error' in line])).toEqual([
      [null, paths[0], true],
      [null, paths[1], true],
      ['line', paths[2], true],
      ['good', undefined, false],
    ]);
    expect(lines[2]?.error).toContain('bad.jsonl line 2');
    expect(stderr).toContain('bad.jsonl line 2');
    expect(lines[3]).toMatchObject({
      parked: [{ event: 'p1', reason: 'unknown_kind' }],
      total: '0',
      totals: { INR: '0' },
    });
  });
});
