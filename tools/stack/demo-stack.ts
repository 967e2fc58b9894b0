import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../services/processes.js';
import { DIST } from '../services/root.js';
import { call } from './api.js';
import { DEMO_MERCHANTS, type Merchant, seedMerchant } from './merchant.js';
import { reviveSandbox } from './revive-sandbox.js';
import { type Stack, type StackOptions, startStack, writePrivate } from './stack.js';

export const STAFF_EMAIL = 'admin@paloma.example';

/** The content of stack.json (design, "stack.json"). */
export interface StackFile {
  [app: string]: unknown;
  staff: { email: string; password: string };
  tenants: Merchant[];
  pids: Record<string, number[]>;
}

/**
 * A stack with a member of staff and the demo merchants, each with a live number and three approved templates. With a
 * folder they are made once: `merchants.json` keeps their keys, which the database knows only as hashes.
 */
export async function startDemoStack(
  options: StackOptions & { seed?: boolean },
): Promise<{ stack: Stack; content: () => StackFile }> {
  const say = options.say ?? (() => {});
  const kept = options.folder && join(options.folder, 'merchants.json');
  const tenants: Merchant[] = kept && existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : [];
  const interrupted = stopWhenInterrupted();
  const stack = await startStack(options);
  interrupted.stack = stack;
  try {
    await createStaff(stack);
    if (options.folder) {
      if (tenants.length > 0) say('Telling the sandbox what it knew before …');
      await reviveSandbox(stack);
    }
    const missing = options.seed === false ? [] : DEMO_MERCHANTS.filter((p) => !tenants.some((t) => t.name === p.name));
    if (missing.length > 0) say('Two demo merchants …');
    for (const plan of missing) {
      tenants.push(await seedMerchant(stack, plan));
      if (kept) writePrivate(kept, tenants);
    }
    const content = (): StackFile => ({
      ...Object.fromEntries(Object.entries(stack.urls).map(([name, url]) => [name, { url }])),
      staff: { email: STAFF_EMAIL, password: stack.secrets.staffPassword },
      tenants,
      pids: stack.pids(),
    });
    // A sandbox that died comes back with an empty memory.
    stack.onChange((name) => {
      if (name === 'sandbox') reviveSandbox(stack).catch((error) => say(`The sandbox forgot its numbers: ${error}`));
    });
    interrupted.disarm();
    return { stack, content };
  } catch (error) {
    interrupted.disarm();
    await stack.stop();
    throw error;
  }
}

/** The first administrator, made by the same command that an operator uses, unless an earlier start made it. */
export async function createStaff(stack: Stack): Promise<{ email: string; password: string }> {
  const password = stack.secrets.staffPassword;
  try {
    await runToEnd(process.execPath, [join(DIST, 'tools', 'create-staff.js'), STAFF_EMAIL, 'administrator'], {
      env: { ...stack.adminEnvironment },
      input: `${password}\n`,
    });
  } catch (error) {
    const session = call('POST', `${stack.urls.admin}/admin/v1/sessions`, { body: { email: STAFF_EMAIL, password } });
    await session.catch(() => Promise.reject(error));
  }
  return { email: STAFF_EMAIL, password };
}

/** Ctrl-C during start-up: what has been started is stopped before the command ends. */
function stopWhenInterrupted(): { stack?: Stack; disarm(): void } {
  const state: { stack?: Stack; disarm(): void } = { disarm: () => {} };
  const stop = () => {
    console.log('\nStopping …');
    void (state.stack?.stop() ?? Promise.resolve()).finally(() => process.exit(130));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  state.disarm = () => process.off('SIGINT', stop).off('SIGTERM', stop);
  return state;
}

/** Says in words why there is no stack, and ends the command. */
export function couldNotStart(error: unknown): never {
  console.error(`\nPaloma could not start.\n${(error as Error).message ?? error}`);
  process.exit(1);
}
