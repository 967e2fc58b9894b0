import { readFileSync } from 'node:fs';
import { currentEnvironment } from '#libs/config';

export interface StackMerchant {
  id: string;
  name: string;
  apiKey: string;
  wabaId: string;
  phoneNumberId: string;
  displayPhoneNumber: string;
  webhookSecret: string;
  owner: { email: string; password: string };
}

/** The running stack of this test run, as it is now: process ids change when a test kills a process. */
export interface RunningStack {
  gateway: { url: string };
  onboarding: { url: string };
  billing: { url: string };
  admin: { url: string };
  engagement: { url: string };
  sandbox: { url: string };
  staff: { email: string; password: string };
  tenants: [StackMerchant, StackMerchant];
  pids: Record<string, number[]>;
  databaseUrl: string;
  redisUrl: string;
  metaAppSecret: string;
  mediaFolder: string;
}

export const runningStack = (): RunningStack =>
  JSON.parse(readFileSync(String(currentEnvironment().PALOMA_STACK_FILE), 'utf8')) as RunningStack;
