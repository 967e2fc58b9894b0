/** A process of the stack: its name in logs and in stack.json, its entry below dist/, its usual port if it has one. */
export interface ProcessPlan {
  name: string;
  entry: string;
  /** The usual port; another one is taken when it is in use. Workers listen anywhere, for health and metrics only. */
  port?: number;
}

export const SANDBOX: ProcessPlan = { name: 'sandbox', entry: 'apps/sandbox/src/main.js', port: 4010 };

export const APPS: readonly ProcessPlan[] = [
  { name: 'gateway', entry: 'apps/gateway/src/main.js', port: 4000 },
  { name: 'gateway-worker', entry: 'apps/gateway/src/worker.js' },
  { name: 'onboarding', entry: 'apps/onboarding/src/main.js', port: 4001 },
  { name: 'onboarding-worker', entry: 'apps/onboarding/src/worker.js' },
  { name: 'billing', entry: 'apps/billing/src/main.js', port: 4002 },
  { name: 'billing-worker', entry: 'apps/billing/src/worker.js' },
  { name: 'admin', entry: 'apps/admin/src/main.js', port: 4003 },
  { name: 'admin-worker', entry: 'apps/admin/src/worker.js' },
  { name: 'engagement', entry: 'apps/engagement/src/main.js', port: 4004 },
  { name: 'engagement-worker', entry: 'apps/engagement/src/worker.js' },
];
