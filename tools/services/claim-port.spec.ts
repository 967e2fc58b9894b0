import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimPort } from './claim-port.js';
import { freePort } from './processes.js';

describe('the usual port of a process', () => {
  let folder: string;
  let usual: number;
  let removed: string[];
  const claim = () => claimPort({ removeAtEnd: (path) => removed.push(path) }, usual, folder);
  const file = () => join(folder, `paloma-port-${usual}`);
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paloma-claims-'));
    usual = await freePort();
    removed = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is had by the first of two stacks that start at once, before any of their processes listens', async () => {
    expect(await claim()).toBe(usual);
    expect(removed).toEqual([file()]);
    expect(await claim()).not.toBe(usual);
    expect(readFileSync(file(), 'utf8')).toBe(String(process.pid));
  });

  it('is free again after a stack that could not take its claim along', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(file(), String(pid));
    expect(await claim()).toBe(usual);
  });

  it('is not claimed while something else listens there', async () => {
    const { createServer } = await import('node:net');
    const other = createServer().listen(usual, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    expect(await claim()).not.toBe(usual);
    expect(existsSync(file())).toBe(false);
    await new Promise((resolve) => other.close(resolve));
  });
});
