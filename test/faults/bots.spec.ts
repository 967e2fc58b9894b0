import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { eventually, http } from '../support/app.js';
import { runningStack } from '../support/stack.js';

const PATIENT_MS = 90_000;
const shop = () => runningStack().tenants[1];
const call = (method: string, path: string, body?: unknown) =>
  http(method, `${runningStack().engagement.url}/api/v1${path}`, { token: shop().apiKey, body });
const control = (method: string, path: string, body?: unknown) =>
  http(method, `${runningStack().sandbox.url}/_sandbox${path}`, { body });
const pid = (name: string) => runningStack().pids[name]?.[0] as number;
const signal = (name: string, what: NodeJS.Signals) => process.kill(pid(name), what);

/** The shop's own system, whose answers the test lets go, so that it knows when a bot is about to speak. */
async function aShopSystem() {
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { 'contact.customer': customer } = JSON.parse(Buffer.concat(chunks).toString());
      waiting.set(customer, () => response.end(JSON.stringify({ stock: 7 })));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stock`,
    isAskedFor: (customer: string) => eventually(async () => waiting.has(customer), PATIENT_MS),
    answers: (customer: string) => waiting.get(customer)?.(),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

let system: Awaited<ReturnType<typeof aShopSystem>>;
let database: Client;
let botId: string;
let customers = 5_215_540_000_000;

beforeAll(async () => {
  system = await aShopSystem();
  database = new Client({ connectionString: runningStack().databaseUrl });
  await database.connect();
  const flow = {
    triggers: [{ on: 'keyword', words: ['how many skates'] }],
    start: 'stock',
    steps: {
      stock: { do: 'call', url: system.url, send: ['contact.customer'], save: 'answer', next: 'tell' },
      tell: { do: 'say', text: '{{answer.stock}} pairs left.', next: 'more' },
      more: { do: 'ask', text: 'Shall I keep one?', as: 'text', save: 'wish' },
    },
  };
  botId = (await call('POST', '/bots', { name: 'skates', flow })).body.id;
  expect((await call('POST', `/bots/${botId}/publish`)).status).toBe(201);
}, PATIENT_MS);
afterAll(async () => {
  await call('PUT', `/bots/${botId}/live`, { version: null });
  await database.end();
  await system.close();
});

const writes = (from: string, text: string) =>
  control('POST', '/inbound', {
    phone_number_id: shop().phoneNumberId,
    from,
    message: { type: 'text', text: { body: text } },
  });
/** What was handed to Meta for a customer, in words and in order, with the time. */
async function toldMeta(customer: string): Promise<{ text: string; at: number }[]> {
  const { body } = await control('GET', `/calls?path=/${shop().phoneNumberId}/messages`);
  return body.data
    .filter((one: { body?: { to?: string } }) => one.body?.to === `+${customer}`)
    .map((one: { body: { text: { body: string } }; time: string }) => ({
      text: one.body.text.body,
      at: Date.parse(one.time),
    }));
}
const words = async (customer: string) => (await toldMeta(customer)).map((told) => told.text);
const conversationOf = async (customer: string) =>
  (await call('GET', '/inbox/conversations')).body.data.find((c: { customer: string }) => c.customer === customer);
/** A call to the gateway is under way: it is made while the conversation is locked. */
const isHandingOver = (conversationId: string) =>
  eventually(async () => {
    const free = await database.query(
      'SELECT FROM inbox_conversations WHERE conversation_id = $1 FOR UPDATE SKIP LOCKED',
      [conversationId],
    );
    const { rows } = await database.query(
      `SELECT state FROM inbox_sayings WHERE conversation_id = $1 AND state = 'waiting'`,
      [conversationId],
    );
    return free.rowCount === 0 && rows.length === 2;
  }, PATIENT_MS);
const sayings = async (conversationId: string): Promise<string[]> =>
  (
    await database.query('SELECT state FROM inbox_sayings WHERE conversation_id = $1 ORDER BY saying_id', [
      conversationId,
    ])
  ).rows.map((row) => row.state);
/** What the gateway has for a customer, the oldest first. */
const outbox = async (customer: string): Promise<string[]> =>
  (
    await database.query('SELECT status FROM messages WHERE tenant_id = $1 AND recipient = $2 ORDER BY message_id', [
      shop().id,
      customer,
    ])
  ).rows.map((row) => row.status);

/** A bot is about to speak when nothing comes back from the gateway, and nothing is sent: then its worker is killed. */
async function killedMidCall(): Promise<{ customer: string; id: string }> {
  const customer = String(++customers);
  await writes(customer, 'How many skates?');
  await system.isAskedFor(customer);
  const { id } = await eventually(() => conversationOf(customer), PATIENT_MS);
  for (const name of ['gateway', 'gateway-worker']) signal(name, 'SIGSTOP');
  system.answers(customer);
  await isHandingOver(id);
  signal('engagement-worker', 'SIGKILL');
  return { customer, id };
}
const goesOn = (...names: string[]) => {
  for (const name of names) signal(name, 'SIGCONT');
};

describe('a bot whose worker is killed while it speaks to the gateway', () => {
  afterEach(() => goesOn('gateway', 'gateway-worker'));

  it.each([
    ['before the gateway has its words', []],
    ['when the gateway has them already', ['gateway']],
  ])(
    'tells the customer nothing once people took over, %s',
    async (_, awake) => {
      const { customer, id } = await killedMidCall();
      goesOn(...awake);
      if (awake.length > 0) await eventually(async () => (await outbox(customer)).length === 2, PATIENT_MS);
      expect((await call('POST', `/inbox/conversations/${id}/give`, { to: 'desk' })).status).toBe(200);
      goesOn('gateway', 'gateway-worker');
      expect((await call('POST', `/inbox/conversations/${id}/messages`, { text: 'Let me look.' })).status).toBe(201);
      await eventually(async () => (await words(customer)).length > 0, PATIENT_MS);
      await eventually(async () => !(await sayings(id)).includes('waiting'), PATIENT_MS);
      await eventually(
        async () => (await outbox(customer)).filter((s) => s === 'accepted' || s === 'sending').length === 0,
        PATIENT_MS,
      );
      expect(await words(customer)).toEqual(['Let me look.']);
      expect((await conversationOf(customer)).owner).toBe('desk');
    },
    3 * PATIENT_MS,
  );

  it(
    'tells the customer everything once, when nobody took over, and listens',
    async () => {
      const { customer, id } = await killedMidCall();
      goesOn('gateway', 'gateway-worker');
      await eventually(async () => (await sayings(id)).every((state) => state === 'sent'), PATIENT_MS);
      await eventually(async () => (await words(customer)).length === 2, PATIENT_MS);
      await writes(customer, 'Yes');
      await eventually(async () => (await conversationOf(customer)).owner === 'nobody', PATIENT_MS);
      expect(await words(customer)).toEqual(['7 pairs left.', 'Shall I keep one?']);
    },
    3 * PATIENT_MS,
  );
});

describe('a bot whose words Meta has at this moment', () => {
  it(
    'has done speaking when whoever takes over is answered',
    async () => {
      const customer = String(++customers);
      await writes(customer, 'How many skates?');
      await system.isAskedFor(customer);
      const { id } = await eventually(() => conversationOf(customer), PATIENT_MS);
      await control('POST', '/faults', { to: customer, mode: 'delay', delay_ms: 4_000, count: 1 });
      system.answers(customer);
      await eventually(async () => (await outbox(customer)).includes('sending'), PATIENT_MS);
      expect((await call('POST', `/inbox/conversations/${id}/give`, { to: 'desk' })).status).toBe(200);
      expect(await outbox(customer)).not.toContain('sending');
      const before = await words(customer);
      expect((await call('POST', `/inbox/conversations/${id}/messages`, { text: 'Let me look.' })).status).toBe(201);
      await eventually(async () => (await words(customer)).includes('Let me look.'), PATIENT_MS);
      expect(await words(customer)).toEqual([...before, 'Let me look.']);
      expect(before[0]).toBe('7 pairs left.');
    },
    3 * PATIENT_MS,
  );
});
