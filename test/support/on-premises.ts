import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Channels } from '../../apps/gateway/src/channels/channels.js';
import { GATEWAY } from '../../apps/gateway/src/gateway.js';
import { GatewayWorkerModule } from '../../apps/gateway/src/gateway-worker.module.js';
import { defaultConfig } from '../../apps/sandbox/src/config.js';
import { type Sandbox, startSandbox } from '../../apps/sandbox/src/sandbox.js';
import { eventually, http, type RunningApp, startApp, testEnvironment } from './app.js';
import { cloneDatabase, type TestDatabase } from './database.js';
import { aMerchant, customerWrote, type Merchant, ORDER_UPDATE } from './gateway.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into by assertions
export type Json = Record<string, any>;

const USER = 'admin';
/** What the first login of a fresh client sets. */
export const PASSWORD = 'New-Passw0rd';
export const CUSTOMER = '15550002222';

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A gateway and its worker beside a sandbox that plays Meta and its On-Premises clients, each knowing where the other is. */
export class OnPremisesStage {
  database!: TestDatabase;
  sandbox!: Sandbox;
  gateway!: RunningApp;
  worker!: RunningApp;
  private environment!: Record<string, string>;

  async start(more: Record<string, string> = {}): Promise<this> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    this.database = await cloneDatabase();
    this.sandbox = await startSandbox({
      ...defaultConfig,
      port: 0,
      logLevel: 'silent',
      latencyMs: 0,
      deliveredAfterMs: 30,
      readAfterMs: 60,
      webhookUrl: `${url}/meta/webhooks`,
    });
    this.environment = testEnvironment(this.database, {
      META_GRAPH_URL: this.sandbox.url,
      META_APP_SECRETS: defaultConfig.appSecret,
      PUBLIC_URL: url,
      ...more,
    });
    this.gateway = await startApp(GATEWAY.module as never, this.environment, {
      ...GATEWAY,
      listen: { host: '127.0.0.1', port },
    });
    this.worker = await this.anotherWorker();
    return this;
  }

  anotherWorker(): Promise<RunningApp> {
    return startApp(GatewayWorkerModule, this.environment, { name: 'gateway-worker' });
  }

  async stop(): Promise<void> {
    await this.worker?.close();
    await this.gateway?.close();
    await this.sandbox?.close();
    await this.database?.drop();
  }

  async control(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await http(method, `${this.sandbox.url}/_sandbox${path}`, body === undefined ? {} : { body });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A merchant whom the sandbox knows too; the customer has just written to it. */
  async merchant(): Promise<Merchant> {
    const shop = await aMerchant(this.gateway.app);
    const { metaWabaId: wabaId, metaPhoneNumberId: id } = shop;
    await this.control('POST', '/wabas', { id: wabaId, subscribed: true, timezone: 'UTC' });
    await this.control('POST', '/phone_numbers', { id, waba_id: wabaId, pin: '123456' });
    await this.control('POST', `/phone_numbers/${id}`, { throughput: 'HIGH' });
    // Both, for what Meta does not list is deleted when the two are compared.
    for (const [name, category] of Object.entries({ order_update: 'UTILITY', spring_sale: 'MARKETING' })) {
      await this.control('POST', '/templates', { waba_id: wabaId, name, category, components: ORDER_UPDATE });
    }
    // Last: whoever compares our templates with Meta's has no access before.
    await this.control('POST', '/tokens', { value: `token-of-${wabaId}`, waba_ids: [wabaId] });
    await this.customerHasWritten(shop, CUSTOMER);
    return shop;
  }

  /** Opens the service window, at the sandbox and here. */
  async customerHasWritten(shop: Merchant, from: string): Promise<void> {
    await this.write(shop, { type: 'text', text: { body: 'Hello' } }, from);
    await customerWrote(this.database, shop, from);
  }

  write(shop: Merchant, message: Json, from = CUSTOMER): Promise<Json> {
    return this.control('POST', '/inbound', { phone_number_id: shop.metaPhoneNumberId, from, message });
  }

  /** The name of a merchant's client at the sandbox. */
  nameOf = (shop: Merchant) => `shop-${shop.metaPhoneNumberId}`;

  /** A fresh client that carries the merchant's number, as its owner would have set it up. */
  async client(shop: Merchant, more: Json = {}): Promise<void> {
    await this.control('POST', `/on_premises/${this.nameOf(shop)}`, {
      phone_number_id: shop.metaPhoneNumberId,
      ...more,
    });
  }

  wish(shop: Merchant, more: Json = {}): Json {
    return {
      url: `${this.sandbox.url}/on-premises/${this.nameOf(shop)}`,
      user_name: USER,
      password: 'secret',
      new_password: PASSWORD,
      ...more,
    };
  }

  /** Puts the merchant's number on a client, through the tenant's API. */
  async onPremises(shop: Merchant, more: Json = {}): Promise<Json> {
    await this.client(shop);
    const answer = await this.api(shop, 'PUT', '', this.wish(shop, more));
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  /** Spoils what is stored of the merchant's client, past the API; the worker goes by it when this resolves. */
  async spoil(shop: Merchant, column: 'url' | 'user_name', value: string): Promise<void> {
    const { rows } = await this.database.owner.query(
      `UPDATE on_premises_clients SET ${column} = $2, revision = gen_random_uuid() WHERE tenant_id = $1 RETURNING revision`,
      [shop.tenantId, value],
    );
    await eventually(async () => {
      const channel = await this.worker.app.get(Channels).byId(shop.tenantId, shop.phoneNumberId);
      return channel?.onPremises?.revision === rows[0].revision;
    });
  }

  api(shop: Merchant, method: string, path: string, body?: unknown) {
    const url = `${this.gateway.url}/api/v1/phone-numbers/${shop.metaPhoneNumberId}/on-premises-client${path}`;
    return http(method, url, { token: shop.apiKey, ...(body === undefined ? {} : { body }) });
  }

  sendRaw(shop: Merchant, body: unknown) {
    return http('POST', `${this.gateway.url}/${shop.metaPhoneNumberId}/messages`, { token: shop.apiKey, body });
  }

  /** @returns the id that the tenant sees */
  async send(shop: Merchant, body: unknown): Promise<string> {
    const answer = await this.sendRaw(shop, body);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body.messages[0].id;
  }

  async read(shop: Merchant, ref: string): Promise<Json> {
    return (await http('GET', `${this.gateway.url}/api/v1/messages/${ref}`, { token: shop.apiKey })).body;
  }

  until(shop: Merchant, ref: string, ...statuses: string[]): Promise<Json> {
    return eventually(async () => {
      const message = await this.read(shop, ref);
      return statuses.includes(message.status) ? message : false;
    }, 60_000);
  }

  /** What the sandbox took of the merchant's number, oldest first. */
  async taken(shop: Merchant): Promise<Json[]> {
    return (await this.control('GET', `/messages?phone_number_id=${shop.metaPhoneNumberId}&limit=10000`)).data;
  }

  /** Values of the changes that the tenant is told, in the order in which they were; our own events have another shape. */
  async told(shop: Merchant): Promise<Json[]> {
    const { rows } = await this.database.owner.query(
      'SELECT body FROM tenant_events WHERE tenant_id = $1 ORDER BY event_id',
      [shop.tenantId],
    );
    return rows.flatMap((r) => JSON.parse(r.body).entry?.[0].changes[0].value ?? []);
  }

  /** Posts a callback as the merchant's client would. */
  async callback(shop: Merchant, body: unknown, token?: string) {
    const { settings } = await this.clientAtSandbox(shop);
    const url = token === undefined ? settings.webhooks.url : `${settings.webhooks.url.split('?')[0]}?token=${token}`;
    return http('POST', url, { body });
  }

  /** Resolves when as many events as that were looked at and left with a note like this. */
  async lookedAt(shop: Merchant, note: string, count = 1): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.database.owner.query(
        'SELECT count(*)::int AS n FROM meta_events WHERE tenant_id = $1 AND note LIKE $2',
        [shop.tenantId, note],
      );
      return rows[0].n === count;
    });
  }

  async clientAtSandbox(shop: Merchant): Promise<Json> {
    const { data } = await this.control('GET', '/on_premises');
    return data.find((c: Json) => c.name === this.nameOf(shop));
  }

  /** How the sandbox answered the client's calls of a node, such as `/users/login`. */
  async callsOf(shop: Merchant, node: string): Promise<Json[]> {
    return (await this.control('GET', `/calls?path=${this.nameOf(shop)}/v1${node}`)).data;
  }

  fault(shop: Merchant, node: string, more: Json): Promise<Json> {
    return this.control('POST', '/faults', { path: `${this.nameOf(shop)}/v1${node}`, ...more });
  }
}
