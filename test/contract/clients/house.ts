import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { GATEWAY } from '../../../apps/gateway/src/gateway.js';
import { GatewayWorkerModule } from '../../../apps/gateway/src/gateway-worker.module.js';
import { defaultConfig } from '../../../apps/sandbox/src/config.js';
import { type Sandbox, startSandbox } from '../../../apps/sandbox/src/sandbox.js';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { aMerchant, type Merchant } from '../../support/gateway.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into by assertions
export type Json = Record<string, any>;

export const CUSTOMER = '16505551234';
/** Where the gateway says that it is; a test reaches it elsewhere. */
export const PUBLIC_URL = 'https://gateway.example';

/** Gateway, worker and sandbox in this process, and merchants that all three know: what a client finds when it calls. */
export class House {
  gateway!: RunningApp;
  sandbox!: Sandbox;
  private worker!: RunningApp;
  database!: TestDatabase;
  private folder!: string;

  async start(): Promise<this> {
    [this.database, this.folder] = await Promise.all([cloneDatabase(), mkdtemp(join(tmpdir(), 'paloma-clients-'))]);
    this.sandbox = await startSandbox({ ...defaultConfig, port: 0, logLevel: 'error', latencyMs: 0 });
    const environment = testEnvironment(this.database, {
      META_GRAPH_URL: this.sandbox.url,
      META_APP_ID: defaultConfig.appId,
      META_APP_SECRETS: defaultConfig.appSecret,
      PALOMA_CLOCK: 'sandbox',
      SANDBOX_URL: this.sandbox.url,
      MEDIA_FOLDER: this.folder,
      PUBLIC_URL,
    });
    this.gateway = await startApp(GATEWAY.module as never, environment, { ...GATEWAY });
    this.worker = await startApp(GatewayWorkerModule, environment, { name: 'gateway-worker' });
    await this.control('POST', '/apps', {
      id: defaultConfig.appId,
      secret: defaultConfig.appSecret,
      callback_url: `${this.gateway.url}/meta/webhooks`,
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.worker.close();
    await this.gateway.close();
    await this.sandbox.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true });
  }

  async control(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await http(method, `${this.sandbox.url}/_sandbox${path}`, body === undefined ? {} : { body });
    if (answer.status >= 400) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  /** A merchant with a live number and two approved templates, to whom `CUSTOMER` has just written. */
  async merchant(): Promise<Merchant & { inbound: string }> {
    const made = await aMerchant(this.gateway.app);
    await this.control('POST', '/wabas', { id: made.metaWabaId, subscribed: true, timezone: 'UTC' });
    await this.control('POST', '/phone_numbers', {
      id: made.metaPhoneNumberId,
      waba_id: made.metaWabaId,
      pin: '123456',
    });
    for (const [name, category] of [
      ['order_update', 'UTILITY'],
      ['spring_sale', 'MARKETING'],
    ]) {
      const components = [{ type: 'BODY', text: 'Hello {{1}}, your order is on its way.' }];
      await this.control('POST', '/templates', { waba_id: made.metaWabaId, name, category, components });
    }
    // Last: our templates that Meta does not list would be deleted by whoever compares them and is let in.
    await this.control('POST', '/tokens', { value: `token-of-${made.metaWabaId}`, waba_ids: [made.metaWabaId] });
    return { ...made, inbound: await this.customerWrites(made) };
  }

  /** An approved template of a merchant's, known to Meta and to us. @returns Meta's id of it */
  async template(
    of: Merchant,
    name: string,
    {
      category,
      components,
      parameter_format: format,
    }: { category: string; components: object[]; parameter_format?: string },
  ): Promise<string> {
    const { id } = await this.control('POST', '/templates', {
      waba_id: of.metaWabaId,
      name,
      category,
      components,
      ...(format ? { parameter_format: format } : {}),
    });
    const { app } = this.gateway;
    await app.get(Database).inTenant(of.tenantId, (tx) =>
      app.get(Templates).save(tx, of.tenantId, {
        wabaId: of.wabaId,
        metaTemplateId: id,
        name,
        language: 'en_US',
        category,
        status: 'APPROVED',
        at: new Date(),
        source: 'meta-answer',
        ...(format ? { parameterFormat: format } : {}),
        components,
      }),
    );
    return id;
  }

  /** @returns Meta's id of the message, once the window that it opens is known */
  async customerWrites(to: Merchant, from = CUSTOMER): Promise<string> {
    const { id } = await this.control('POST', '/inbound', {
      phone_number_id: to.metaPhoneNumberId,
      from,
      message: { type: 'text', text: { body: 'Hello' } },
    });
    await eventually(async () => {
      const { rows } = await this.database.owner.query(
        'SELECT FROM service_windows WHERE tenant_id = $1 AND customer = $2',
        [to.tenantId, from],
      );
      return rows.length > 0;
    });
    return id;
  }

  /** The messages that the sandbox was sent by a number, in order, once there are so many. */
  async sent(from: Merchant, atLeast: number): Promise<Json[]> {
    return eventually(async () => {
      const { data } = await this.control('GET', `/messages?phone_number_id=${from.metaPhoneNumberId}&limit=200`);
      return data.length >= atLeast && data;
    }, 20_000);
  }

  /** What a client fetches by an address that the gateway gave. */
  reachable(url: string): string {
    return url.replace(PUBLIC_URL, this.gateway.url);
  }
}

export const png = (): Buffer =>
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
