/** Everything the sandbox can be told from outside. It imitates an outside system, so it shares no settings with us. */
export interface SandboxConfig {
  host: string;
  port: number;
  /** The default app, as made in Meta's developer dashboard. */
  appId: string;
  appSecret: string;
  verifyToken: string;
  /** App-level callback of the default app; may be set later by `POST /{app-id}/subscriptions`. */
  webhookUrl?: string;
  /** Where clients reach us, for links in answers; without it, links follow the Host header of each call. */
  publicUrl?: string;
  logLevel: string;
  /** A token of the partner's system user that may touch every object; tools and demos start with it. */
  systemUserToken: string;
  /** Default timings, in milliseconds; a negative value means never (see state/settings.ts). */
  latencyMs: number;
  deliveredAfterMs: number;
  readAfterMs: number;
  templateReviewMs: number;
}

export const defaultConfig: SandboxConfig = {
  host: '127.0.0.1',
  port: 4010,
  appId: 'sandbox-app',
  appSecret: 'sandbox-app-secret',
  verifyToken: 'sandbox-verify-token',
  logLevel: 'info',
  systemUserToken: 'sandbox-system-user-token',
  latencyMs: 10,
  deliveredAfterMs: 400,
  readAfterMs: 1_500,
  templateReviewMs: 1_500,
};

/**
 * Reads the environment, the only place in the sandbox that does.
 * @throws Error naming every variable that is not a whole number where one is needed.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): SandboxConfig {
  const bad: string[] = [];
  const text = (name: string, fallback: string) => env[name] || fallback;
  const whole = (name: string, fallback: number) => {
    const given = env[name];
    if (!given) return fallback;
    if (!/^-?\d+$/.test(given)) bad.push(name);
    return Number(given);
  };
  const config: SandboxConfig = {
    host: text('HOST', defaultConfig.host),
    port: whole('PORT', defaultConfig.port),
    appId: text('SANDBOX_APP_ID', defaultConfig.appId),
    appSecret: text('SANDBOX_APP_SECRET', defaultConfig.appSecret),
    verifyToken: text('SANDBOX_VERIFY_TOKEN', defaultConfig.verifyToken),
    webhookUrl: env.SANDBOX_WEBHOOK_URL || undefined,
    publicUrl: env.SANDBOX_PUBLIC_URL?.replace(/\/+$/, '') || undefined,
    logLevel: text('LOG_LEVEL', defaultConfig.logLevel),
    systemUserToken: text('SANDBOX_SYSTEM_USER_TOKEN', defaultConfig.systemUserToken),
    latencyMs: whole('SANDBOX_LATENCY_MS', defaultConfig.latencyMs),
    deliveredAfterMs: whole('SANDBOX_DELIVERED_AFTER_MS', defaultConfig.deliveredAfterMs),
    readAfterMs: whole('SANDBOX_READ_AFTER_MS', defaultConfig.readAfterMs),
    templateReviewMs: whole('SANDBOX_TEMPLATE_REVIEW_MS', defaultConfig.templateReviewMs),
  };
  if (bad.length) throw new Error(`Not a whole number: ${bad.join(', ')}`);
  return config;
}
