import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultConfig, type SandboxConfig } from '../src/config.js';
import { type Sandbox, startSandbox } from '../src/sandbox.js';

// What tests read out of answers has many shapes; asserting on it is the point.
// biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, not computed with
export type Json = Record<string, any>;

// A webhook that has not come by then will not; only a failing test waits so long.
const GIVE_UP_MS = 30_000;

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  body: Json;
}

/** A webhook receiver on a loopback port. It answers `status()` and passes every handshake with its verify token. */
export class Receiver {
  readonly received: Received[] = [];
  status: (request: Received) => number = () => 200;
  url = '';
  private waiting: { wanted: (request: Received) => boolean; found: (request: Received) => void }[] = [];
  private readonly server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://receiver');
    if (request.method === 'GET') {
      const good = url.searchParams.get('hub.verify_token') === this.verifyToken;
      response.writeHead(good ? 200 : 403).end(good ? url.searchParams.get('hub.challenge') : '');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      const got = { path: url.pathname, headers: request.headers, raw, body: JSON.parse(raw) };
      response.writeHead(this.status(got)).end();
      this.received.push(got);
      for (const one of this.waiting.filter(({ wanted }) => wanted(got))) {
        this.waiting.splice(this.waiting.indexOf(one), 1);
        one.found(got);
      }
    });
  });

  constructor(readonly verifyToken = 'verify-me') {}

  async start(): Promise<this> {
    await new Promise<void>((ready) => this.server.listen(0, '127.0.0.1', ready));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  /** The first request, past or to come, that is wanted. */
  next(wanted: (request: Received) => boolean): Promise<Received> {
    const already = this.received.find(wanted);
    if (already) return Promise.resolve(already);
    return new Promise((found, fail) => {
      const giveUp = setTimeout(() => {
        const seen = this.received.map(({ path, raw }) => `${path} ${raw.slice(0, 300)}`);
        fail(new Error(`The webhook did not come. These did:\n${seen.join('\n')}`));
      }, GIVE_UP_MS);
      this.waiting.push({
        wanted,
        found: (request) => {
          clearTimeout(giveUp);
          found(request);
        },
      });
    });
  }

  /** The status webhook of a message. */
  async messageStatus(id: string, status: string): Promise<Json> {
    const request = await this.next((one) =>
      statusesOf(one).some((entry) => entry.id === id && entry.status === status),
    );
    return statusesOf(request).find((entry) => entry.id === id && entry.status === status)!;
  }

  /** The value of the first change of this field. */
  async change(field: string, wanted: (value: Json) => boolean = () => true): Promise<Json> {
    const request = await this.next((one) => {
      const change = one.body.entry?.[0]?.changes?.[0];
      return change?.field === field && wanted(change.value);
    });
    return request.body.entry[0].changes[0].value;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

const statusesOf = (request: Received): Json[] => request.body.entry?.[0]?.changes?.[0]?.value?.statuses ?? [];

export interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

/** A sandbox on a free port with its receiver and one live number, and short ways to call it. */
export class Harness {
  sandbox!: Sandbox;
  receiver!: Receiver;
  token = defaultConfig.systemUserToken;
  waba!: Json;
  number!: Json;

  async start(config: Partial<SandboxConfig> = {}): Promise<this> {
    this.receiver = await new Receiver().start();
    this.sandbox = await startSandbox({
      ...defaultConfig,
      port: 0,
      logLevel: 'silent',
      latencyMs: 0,
      webhookUrl: `${this.receiver.url}/app`,
      ...config,
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.sandbox.close();
    await this.receiver.stop();
  }

  /** Back to nothing but one subscribed account with a live number and an approved template `order_update`. */
  async fresh(): Promise<void> {
    await this.control('POST', '/reset');
    this.receiver.received.length = 0;
    this.receiver.status = () => 200;
    this.waba = (await this.control('POST', '/wabas', { subscribed: true, timezone: 'UTC' })).body;
    this.number = (await this.control('POST', '/phone_numbers', { waba_id: this.waba.id, pin: '123456' })).body;
    await this.template('order_update', 'UTILITY', 'Hi {{1}}, order {{2}} is ready.');
  }

  async template(name: string, category: string, text: string): Promise<Json> {
    const components = [{ type: 'BODY', text }];
    return (await this.control('POST', '/templates', { waba_id: this.waba.id, name, category, components })).body;
  }

  graph(method: string, path: string, body?: unknown, token: string | undefined = this.token): Promise<Answer> {
    return this.http(method, `/v23.0${path}`, body, token ? { authorization: `Bearer ${token}` } : {});
  }

  control(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.http(method, `/_sandbox${path}`, body, {});
  }

  async http(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(path.startsWith('http') ? path : this.sandbox.url + path, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: parse(text), headers: response.headers };
  }

  send(message: Json): Promise<Answer> {
    return this.graph('POST', `/${this.number.id}/messages`, { messaging_product: 'whatsapp', ...message });
  }

  sendText(to: string, body = 'hi'): Promise<Answer> {
    return this.send({ to, type: 'text', text: { body } });
  }

  sendTemplate(to: string, name = 'order_update', values: string[] = ['Ada', '42'], more: Json = {}): Promise<Answer> {
    const parameters = values.map((text) => ({ type: 'text', text }));
    const components = values.length ? [{ type: 'body', parameters }] : [];
    return this.send({ to, type: 'template', template: { name, language: { code: 'en_US' }, components }, ...more });
  }

  customerWrites(from: string, body = 'Hello', more: Json = {}): Promise<Answer> {
    return this.control('POST', '/inbound', {
      phone_number_id: this.number.id,
      from,
      message: { type: 'text', text: { body }, ...more },
    });
  }

  /** Does something in one moment of the sandbox, however long it takes us. */
  async inOneMoment<T>(something: () => Promise<T>): Promise<T> {
    const { world } = this.sandbox.meta;
    const now = world.now();
    world.now = () => now;
    try {
      return await something();
    } finally {
      world.now = Object.getPrototypeOf(world).now;
    }
  }

  advance(ms: number): Promise<Answer> {
    return this.control('POST', '/clock', { advance_ms: ms });
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
