import { join } from 'node:path';
import { runToEnd } from '../services/processes.js';
import { DIST } from '../services/root.js';
import { keptMerchants } from './kept-merchants.js';
import { DEMO_MERCHANTS, type Merchant, seedMerchant } from './merchant.js';
import { reviveSandbox } from './revive-sandbox.js';
import { type Stack, type StackOptions, startStack } from './stack.js';

export const STAFF_EMAIL = 'admin@paloma.example';

/** The content of stack.json (design, "stack.json"). */
export interface StackFile {
  [app: string]: unknown;
  staff: { email: string; password: string };
  tenants: Merchant[];
  pids: Record<string, number[]>;
}

/** A stack with a member of staff and the demo merchants, each with a live number and three approved templates. */
export async function startDemoStack(
  options: StackOptions & { seed?: boolean },
): Promise<{ stack: Stack; content: () => StackFile }> {
  const say = options.say ?? (() => {});
  const before = options.folder ? keptMerchants(options.folder) : [];
  const interrupted = stopWhenInterrupted();
  const stack = await startStack(options);
  interrupted.stack = stack;
  try {
    await createStaff(stack);
    const tenants: Merchant[] = [];
    if (before.length > 0) {
      say('Telling the sandbox what it knew before …');
      await reviveSandbox(stack);
      tenants.push(...before);
    } else if (options.seed !== false) {
      say('Two demo merchants …');
      for (const plan of DEMO_MERCHANTS) tenants.push(await seedMerchant(stack, plan));
    }
    const content = (): StackFile => ({
      ...Object.fromEntries(Object.entries(stack.urls).map(([name, url]) => [name, { url }])),
      staff: { email: STAFF_EMAIL, password: stack.secrets.staffPassword },
      tenants,
      pids: stack.pids(),
    });
    interrupted.disarm();
    return { stack, content };
  } catch (error) {
    interrupted.disarm();
    await stack.stop();
    throw error;
  }
}

/** The first administrator, made by the same command that an operator uses; a stack that starts again has one. */
async function createStaff(stack: Stack): Promise<void> {
  await runToEnd(process.execPath, [join(DIST, 'tools', 'create-staff.js'), STAFF_EMAIL, 'administrator'], {
    env: { ...stack.adminEnvironment },
    input: `${stack.secrets.staffPassword}\n`,
  }).catch((error: Error) => {
    if (!error.message.includes('has an account already')) throw error;
  });
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
