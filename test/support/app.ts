import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { currentEnvironment, useEnvironment } from '#libs/config';
import { type ServeOptions, serve } from '#libs/http';
import { type TestDatabase, testRedis } from './database.js';

/** Settings with which an app runs in a test: loopback only, secrets that are none. */
export function testEnvironment(database: TestDatabase, more: Record<string, string> = {}): Record<string, string> {
  const redis = testRedis();
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: currentEnvironment().LOG_LEVEL ?? 'error',
    PUBLIC_URL: 'http://127.0.0.1:1',
    GATEWAY_PUBLIC_URL: 'http://127.0.0.1:1',
    ENGAGEMENT_PUBLIC_URL: 'https://go.example',
    DATABASE_URL: database.appUrl,
    STAFF_DATABASE_URL: database.staffUrl,
    DATABASE_POOL_SIZE: '5',
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    META_GRAPH_URL: 'http://127.0.0.1:1',
    META_APP_ID: 'test-app',
    META_APP_SECRETS: 'test-app-secret',
    META_VERIFY_TOKEN: 'test-verify-token',
    META_SIGNUP_CONFIG_ID: 'test-config',
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 9).toString('base64')}`,
    TENANT_JWT_SECRET: 'tenant-jwt-secret-of-the-tests-000000',
    STAFF_JWT_SECRET: 'staff-jwt-secret-of-the-tests-0000000',
    STAFF_TOTP: 'optional',
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    ON_PREMISES_ALLOWED_NETWORKS: '127.0.0.0/8',
    ...more,
  };
}

export interface RunningApp {
  url: string;
  app: NestFastifyApplication;
  close(): Promise<void>;
}

/** Starts an app or worker in this process on a free loopback port, speaking real HTTP. */
export async function startApp(
  module: Type | DynamicModule,
  environment: Record<string, string>,
  options: Partial<ServeOptions> = {},
): Promise<RunningApp> {
  useEnvironment(environment);
  const { app, url } = await serve({
    name: 'test',
    module,
    listen: { host: '127.0.0.1', port: 0 },
    logger: pino({ level: environment.LOG_LEVEL ?? 'error' }),
    ...options,
  });
  return { app, url, close: () => app.close() };
}

/** One HTTP request with a JSON answer. */
export async function http(
  method: string,
  url: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string | undefined> } = {},
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into by assertions
): Promise<{ status: number; headers: Headers; body: any }> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.headers as Record<string, string>),
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  });
  const text = await answer.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not every answer is JSON (metrics, pages).
  }
  return { status: answer.status, headers: answer.headers, body };
}

/** Waits until a condition holds, by asking again; fails with what it last saw. Never a plain sleep. */
export async function eventually<T>(ask: () => Promise<T | undefined | false>, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`did not come true within ${withinMs} ms; last seen: ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
