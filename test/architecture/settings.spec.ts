import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { VARIABLES, type VariableName } from '#libs/config';
import { APPS } from '../../tools/stack/processes.js';
import { root } from './sources.js';

/** Starts a process with nothing but these settings and hears it out, to its end or to its first log line. */
function start(entry: string, environment: Record<string, string>): Promise<{ code: number | null; words: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'dist', entry)], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    child.stderr.on('data', (chunk) => (words += chunk));
    child.stdout.on('data', (chunk) => {
      words += chunk;
      child.kill('SIGKILL');
    });
    child.once('close', (code) => resolve({ code, words }));
  });
}

const named = (words: string) => [...words.matchAll(/^ {2}- ([A-Z_]+) /gm)].map(([, name]) => name as VariableName);

describe.each(APPS.map((p) => [p.name, p.entry]))('%s, started without settings,', (_, entry) => {
  it('names every variable that it needs at once: with those, none is missing', async () => {
    const { code, words } = await start(entry, {});
    expect(code).toBe(1);
    const missing = named(words);
    expect(missing.length).toBeGreaterThan(2);
    // Nobody listens at this address, so the process cannot get further than its settings.
    const nowhere = {
      DATABASE_URL: 'postgres://x:x@127.0.0.1:1/x',
      STAFF_DATABASE_URL: 'postgres://x:x@127.0.0.1:1/x',
      REDIS_URL: 'redis://127.0.0.1:1',
    };
    const given = Object.fromEntries(
      missing.map((name) => [name, (nowhere as Record<string, string>)[name] ?? VARIABLES[name].example]),
    );
    const second = await start(entry, { ...given, LOG_LEVEL: 'debug' });
    expect(second.words).not.toMatch(/configuration is not usable|is missing/);
  });
});
