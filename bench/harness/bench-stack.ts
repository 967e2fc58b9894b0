import pg from 'pg';
import { call, until } from '../../tools/stack/api.js';
import { startDemoStack } from '../../tools/stack/demo-stack.js';
import type { Merchant } from '../../tools/stack/merchant.js';
import { startBaseline } from './baseline-server.js';

/** What the figures measure against. */
export interface Bench {
  gateway: string;
  merchant: Merchant;
  phoneNumberUuid: string;
  /** Digits of a customer whose service window is open. */
  customer: string;
  appSecret: string;
  baselines: { accept: string; intake: string };
  stop(): Promise<void>;
}

const CUSTOMER = '5215512345678';
// Only these work during a figure; the rest of the stack is frozen, so that it takes no CPU from what is measured.
const NEEDED = new Set(['gateway', 'postgres', 'redis', 'sandbox']);

/** A whole stack with one merchant of the top tier, and the baselines beside it. */
export async function startBench(say: (words: string) => void): Promise<Bench> {
  const { stack, content } = await startDemoStack({ say, environment: { LOG_LEVEL: 'warn' } });
  const merchant = content().tenants[0] as Merchant;
  const sandbox = stack.urls.sandbox as string;
  const db = new pg.Client({ connectionString: stack.databaseUrl });
  await db.connect();
  await db.query(`UPDATE portfolios SET messaging_limit = 'TIER_UNLIMITED'`);
  const { rows } = await db.query('SELECT phone_number_id FROM phone_numbers WHERE meta_phone_number_id = $1', [
    merchant.phoneNumberId,
  ]);
  await call('POST', `${sandbox}/_sandbox/inbound`, {
    body: { phone_number_id: merchant.phoneNumberId, from: CUSTOMER, message: { type: 'text', text: { body: 'Hi' } } },
  });
  await until('the service window', async () => (await db.query('SELECT 1 FROM service_windows')).rowCount);
  await db.end();

  const accept = await startBaseline('accept', stack.appEnvironment);
  const intake = await startBaseline('intake', stack.appEnvironment);
  const frozen = Object.entries(stack.pids())
    .filter(([name]) => !NEEDED.has(name))
    .flatMap(([, pids]) => pids);
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  return {
    gateway: stack.urls.gateway as string,
    merchant,
    phoneNumberUuid: rows[0].phone_number_id,
    customer: CUSTOMER,
    appSecret: stack.secrets.metaAppSecret,
    baselines: { accept: accept.url, intake: intake.url },
    stop: async () => {
      accept.stop();
      intake.stop();
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
      await stack.stop();
    },
  };
}
