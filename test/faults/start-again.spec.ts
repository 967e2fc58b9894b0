import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentEnvironment } from '#libs/config';
import { eventually, http } from '../support/app.js';
import type { RunningStack } from '../support/stack.js';

const START = join(import.meta.dirname, '..', '..', 'dist', 'tools', 'start.js');
const home = mkdtempSync(join(tmpdir(), 'paloma-start-'));
const file = join(home, '.paloma', 'stack.json');
let running: ChildProcess | undefined;

/** `npm start` in a folder of its own; resolves to its stack.json. */
async function start(): Promise<RunningStack> {
  const child = spawn(process.execPath, [START], {
    cwd: home,
    env: { ...currentEnvironment(), DATABASE_URL: undefined, REDIS_URL: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (words += chunk));
  await eventually(async () => {
    if (child.exitCode !== null) return true;
    return existsSync(file);
  }, 300_000);
  if (!existsSync(file)) throw new Error(`npm start ended with ${child.exitCode}: ${words}`);
  return now();
}
const now = () => JSON.parse(readFileSync(file, 'utf8')) as RunningStack;

/** Ctrl-C. */
async function stop(): Promise<number | null> {
  const child = running as ChildProcess;
  running = undefined;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const [code] = await ended;
  return code;
}

const order = (to: string) => ({
  messaging_product: 'whatsapp',
  to,
  type: 'template',
  template: {
    name: 'order_update',
    language: { code: 'en_US' },
    components: [{ type: 'body', parameters: ['Ana', '1042'].map((text) => ({ type: 'text', text })) }],
  },
});

/** Sends with the first merchant's key and waits until the customer has it; resolves to our message id. */
async function deliver(to: string): Promise<string> {
  const { gateway, tenants } = now();
  const { apiKey: token, phoneNumberId } = tenants[0];
  const accepted = await http('POST', `${gateway.url}/v24.0/${phoneNumberId}/messages`, { token, body: order(to) });
  expect([accepted.status, accepted.body.error]).toEqual([200, undefined]);
  const ref = accepted.body.messages[0].id;
  await eventually(async () => ['delivered', 'read'].includes(await statusOf(ref)), 90_000);
  return ref;
}
async function statusOf(ref: string): Promise<string> {
  const { gateway, tenants } = now();
  return (await http('GET', `${gateway.url}/api/v1/messages/${ref}`, { token: tenants[0].apiKey })).body.status;
}

describe('a stack that was stopped', () => {
  afterAll(async () => {
    if (running) await stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('starts again with the same merchants, keys, staff and messages, and sends', async () => {
    const first = await start();
    const before = await deliver('+5215550000101');
    expect(await stop()).toBe(0);
    // A stack file that outlives its stack leads to addresses where nobody, or somebody else, answers.
    expect(existsSync(file)).toBe(false);

    const second = await start();
    expect([second.tenants, second.staff]).toEqual([first.tenants, first.staff]);
    const signIn = await http('POST', `${second.admin.url}/admin/v1/sessions`, { body: second.staff });
    expect(signIn.status).toBe(200);
    expect(['delivered', 'read']).toContain(await statusOf(before));
    await deliver('+5215550000102');
  }, 900_000);

  it('sends on after the sandbox died, which comes back knowing the numbers', async () => {
    const [pid] = now().pids.sandbox as [number];
    process.kill(pid, 'SIGKILL');
    const { sandbox, tenants } = now();
    await eventually(async () => {
      const { body } = await http('GET', `${sandbox.url}/_sandbox/state`);
      return now().pids.sandbox?.[0] !== pid && tenants.every((t) => JSON.stringify(body).includes(t.phoneNumberId));
    }, 180_000);
    await deliver('+5215550000103');
  }, 400_000);
});
