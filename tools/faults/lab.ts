import { Redis } from 'ioredis';
import pg from 'pg';
import { call } from '../stack/api.js';
import { startDemoStack } from '../stack/demo-stack.js';
import type { Merchant } from '../stack/merchant.js';
import type { Stack } from '../stack/stack.js';
import { MetaMail } from './meta-mail.js';
import type { Random } from './random.js';
import { ShopServer } from './shop-server.js';

/** A stack as an operator would run it, with three workers of the gateway, and everything that can go wrong at hand. */
export class Lab {
  private constructor(
    readonly stack: Stack,
    readonly merchants: readonly Merchant[],
    readonly shop: ShopServer,
    readonly mail: MetaMail,
    readonly db: pg.Pool,
    readonly random: Random,
  ) {}

  /** Two merchants whose webhooks lead to a server of ours: one with a messaging limit far away, one without. */
  static async start(random: Random, say: (words: string) => void, folder?: string): Promise<Lab> {
    const { stack, content } = await startDemoStack({
      say,
      ownServices: true,
      copies: { 'gateway-worker': 3 },
      ...(folder ? { folder } : {}),
    });
    const db = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 });
    // The server is restarted under it.
    db.on('error', () => {});
    const shop = await ShopServer.start();
    const mail = await MetaMail.start(`${stack.urls.gateway}/meta/webhooks`, random.branch());
    const merchants = content().tenants;
    const lab = new Lab(stack, merchants, shop, mail, db, random);
    const limits = ['TIER_100K', 'TIER_UNLIMITED'];
    const { rows } = await db.query<{ tenant_id: string; id: string }>(
      'SELECT tenant_id, meta_business_id AS id FROM portfolios',
    );
    for (const [i, merchant] of merchants.entries()) {
      const portfolio = rows.find((r) => r.tenant_id === merchant.id)?.id as string;
      await lab.sandbox(`portfolios/${portfolio}`, { messaging_limit: limits[i] });
      const url = `${stack.urls.gateway}/api/v1/webhooks`;
      const made = await call<{ secret: string }>('POST', url, {
        token: merchant.apiKey,
        body: { url: shop.urlOf(i) },
      });
      shop.trust(i, made.secret);
    }
    return lab;
  }

  /** A control call of the sandbox; without a body it reads. */
  sandbox<T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<T> {
    const url = `${this.stack.urls.sandbox}/_sandbox/${path}`;
    return call<T>(method, url, body === undefined ? {} : { body });
  }

  /** The next calls that send a message fail like this, until the faults are taken back. */
  async metaFails(fault: object): Promise<void> {
    await this.sandbox('faults', { path: '/messages', count: 1_000_000, ...fault });
  }

  async metaIsWell(): Promise<void> {
    await this.sandbox('faults', undefined, 'DELETE');
  }

  /** From now on Meta's webhooks come three times, in disorder; or as they should. */
  async metaMail(way: 'disordered' | 'straight'): Promise<void> {
    const callback_url = way === 'disordered' ? this.mail.url : `${this.stack.urls.gateway}/meta/webhooks`;
    await this.sandbox('apps', { id: 'sandbox-app', callback_url });
  }

  /** kill -9 of one of the processes of a name; the supervisor starts it again. Nothing happens to one that is just dead. */
  kill(name: string, which = 0): void {
    const pid = this.stack.pids()[name]?.[which];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  /** Sends a signal to all processes of a name. */
  signal(name: string, signal: NodeJS.Signals): void {
    for (const pid of this.stack.pids()[name] ?? []) process.kill(pid, signal);
  }

  async flushRedis(): Promise<void> {
    const redis = new Redis(this.stack.redisUrl);
    await redis.flushall();
    redis.disconnect();
  }

  /** The first row of a query; undefined while the database is away. */
  async look<Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row | undefined> {
    return this.db.query<Row>(sql, parameters).then(
      ({ rows }) => rows[0],
      () => undefined,
    );
  }

  async stop(): Promise<void> {
    await this.db.end();
    await Promise.all([this.stack.stop(), this.shop.stop(), this.mail.stop()]);
  }
}
