import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { Inbound } from '#libs/inbound';
import { Outbox } from '#libs/outbox';
import { Tenants } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { GatewayDoor } from '../../../../test/support/gateway-door.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { EngagementModule } from '../engagement.module.js';
import { EngagementWorkerModule } from '../engagement-worker.module.js';
import { TakeInbound } from '../inbound/take-inbound.js';
import { SayNext } from '../inbox/say-next.js';
import { Sayings } from '../inbox/sayings.js';
import { BotCalls } from './bot-calls.js';
import type { Flow } from './flow.js';

const ORDER: Flow = {
  triggers: [{ on: 'keyword', words: ['order'] }],
  start: 'size',
  steps: {
    size: {
      do: 'choose',
      text: 'Which size?',
      save: 'size',
      options: [
        { id: 's', title: 'Small', next: 'count' },
        { id: 'l', title: 'Large', next: 'count' },
      ],
    },
    count: { do: 'ask', text: 'How many?', as: 'number', save: 'count', next: 'many' },
    many: { do: 'if', all: [{ of: 'count', is: 'more', value: 10 }], yes: 'people', no: 'sum' },
    people: { do: 'hand_over', text: 'One moment, a colleague answers.', back: 'sum' },
    sum: { do: 'say', text: '{{count}} x {{size}}, thank you.' },
  },
};

describe('a bot', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let door: GatewayDoor;
  let api: RunningApp;
  let worker: RunningApp;
  let environment: Record<string, string>;
  let written = 0;
  let customers = 0;

  beforeAll(async () => {
    database = await cloneDatabase();
    door = await GatewayDoor.open();
    environment = testEnvironment(database, { GATEWAY_URL: door.url, DATABASE_POOL_SIZE: '10' });
    api = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
    worker = await startApp(EngagementWorkerModule, environment);
    connection = await connect(database.appUrl);
  });
  afterEach(() => {
    door.before = async () => {};
    door.after = async () => {};
  });
  afterAll(async () => {
    await worker.close();
    await api.close();
    await connection.close();
    await door.close();
    await database.drop();
  });

  async function shopWith(flow: Flow) {
    const shop = await foundNumber(database, 'shop');
    const token = (await api.app.get(Tenants).issueApiKey(shop.tenantId, 'test')).apiKey;
    const call = (method: string, path: string, body?: unknown) =>
      http(method, `${api.url}/api/v1${path}`, { token, body });
    const bot = await call('POST', '/bots', { name: 'orders', flow });
    await call('POST', `/bots/${bot.body.id}/publish`);
    const customer = `52155${String(++customers).padStart(8, '0')}`;
    const only = async () => (await call('GET', '/inbox/conversations')).body.data[0];
    const give = async (to: string) => call('POST', `/inbox/conversations/${(await only()).id}/give`, { to });
    return { ...shop, bot: bot.body, customer, call, only, give };
  }
  type Shop = Awaited<ReturnType<typeof shopWith>>;
  const receive = async (shop: FoundedNumber & { customer: string }, message: Record<string, unknown>) => {
    const metaMessageId = `wamid.${++written}`;
    const { phoneNumberId, customer, tenantId } = shop;
    const payload = { ...(/^\d+$/.test(customer) ? { from: customer } : { from_user_id: customer }), ...message };
    await connection.db.inTenant(tenantId, (tx) =>
      new Inbound().record(tx, tenantId, {
        phoneNumberId,
        customer,
        customerName: 'Ana',
        type: message.type as string,
        at: new Date(),
        metaMessageId,
        payload,
      }),
    );
    await worker.app.get(TakeInbound).takeNext(tenantId);
  };
  const writes = (shop: Shop, text: string) => receive(shop, { type: 'text', text: { body: text } });
  const presses = (shop: Shop, id: string, title: string) =>
    receive(shop, { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id, title } } });
  const hears = (shop: Shop, ...words: string[]) =>
    eventually(async () => JSON.stringify(door.said(shop.customer)) === JSON.stringify(words)).catch(() =>
      expect(door.said(shop.customer)).toEqual(words),
    );
  const toPeople = async () => {
    const shop = await shopWith(ORDER);
    await writes(shop, 'I want to order');
    await presses(shop, 'l', 'Large');
    await writes(shop, '12');
    await eventually(async () => (await shop.only()).owner === 'nobody');
    return shop;
  };

  it('holds an order conversation, hands over to people and goes on when it gets it back', async () => {
    const shop = await toPeople();
    const before = ['Which size?', 'How many?', 'One moment, a colleague answers.'];
    await hears(shop, ...before);
    expect((await shop.call('GET', '/inbox/tickets')).body.data).toMatchObject([{ status: 'open' }]);
    const { id } = await shop.only();
    await shop.call('POST', `/inbox/conversations/${id}/messages`, { text: 'A discount for you.' });
    await writes(shop, 'order order order');
    await hears(shop, ...before, 'A discount for you.');
    expect((await shop.give('bot')).body.owner).toBe('bot');
    await hears(shop, ...before, 'A discount for you.', '12 x Large, thank you.');
    await eventually(async () => (await shop.only()).owner === 'nobody');
    const [run] = (await shop.call('GET', `/bots/${shop.bot.id}/runs`)).body.data;
    expect(run).toMatchObject({ status: 'over', variables: { count: 12, size: 'Large' } });
    const steps = (await shop.call('GET', `/bots/${shop.bot.id}/runs/${run.id}`)).body.data;
    expect(steps.map((s: { event: { kind: string } }) => s.event.kind)).toEqual([
      'started',
      'heard',
      'heard',
      'given_back',
    ]);
    expect((await shop.call('GET', '/inbox/tickets')).body.data).toMatchObject([{ status: 'solved' }]);
  });

  it('answers who writes again before its last words to them were on their way', async () => {
    const shop = await shopWith({
      triggers: [{ on: 'anything' }],
      start: 'hello',
      steps: { hello: { do: 'say', text: 'We are open until six.' } },
    });
    const waiting = jest.spyOn(worker.app.get(Sayings), 'waiting').mockImplementation(async () => []);
    await writes(shop, 'Are you open?');
    await writes(shop, 'Hello?');
    expect(await stateOf(shop)).toEqual(Array(4).fill('waiting'));
    waiting.mockRestore();
    while ((await worker.app.get(SayNext).sayNext(shop.tenantId)) > 0);
    await hears(shop, 'We are open until six.', 'We are open until six.');
    await eventually(async () => (await shop.only()).owner === 'nobody');
    expect(await stateOf(shop)).toEqual(['sent', 'dropped', 'sent', 'sent']);
  });

  it('speaks with who hides their number', async () => {
    const shop = { ...(await shopWith(ORDER)), customer: 'US.13491208655302741918' };
    await writes(shop, 'order');
    await hears(shop, 'Which size?');
    await writes(shop, 'Large');
    await hears(shop, 'Which size?', 'How many?');
  });

  it('says nothing once an agent has taken the conversation, whatever it had planned', async () => {
    const shop = await shopWith(ORDER);
    // The gateway is busy while an agent takes the conversation: the bot's words are either there before, or never.
    let taking: Promise<{ status: number }> | undefined;
    let atTaking = -1;
    door.before = async () => {
      taking ??= shop.give('desk').then((answer) => {
        atTaking = door.said(shop.customer).length;
        return answer;
      });
      await new Promise((resolve) => setTimeout(resolve, 200));
    };
    await writes(shop, 'order');
    await eventually(async () => taking !== undefined);
    expect((await taking)?.status).toBe(200);
    await writes(shop, 'Large');
    for (const text of ['2', 'order']) await writes(shop, text);
    await worker.app.get(SayNext).sayNext(shop.tenantId);
    expect(door.said(shop.customer)).toHaveLength(atTaking);
    expect(atTaking).toBe(1);
  });

  it('says nothing in many races of customers, agents and workers', async () => {
    for (let round = 0; round < 10; round++) {
      const shop = await shopWith(ORDER);
      await writes(shop, 'order');
      await hears(shop, 'Which size?');
      let owned = false;
      let beside = 0;
      door.before = async () => {
        if (owned) beside++;
      };
      const say = () => worker.app.get(SayNext).sayNext(shop.tenantId);
      await Promise.all([writes(shop, 'Large'), shop.give('desk').then(() => (owned = true)), say(), say()]);
      await say();
      expect(beside).toBe(0);
      door.before = async () => {};
    }
  });

  it('of a worker that was killed after the gateway took its words says them once', async () => {
    const shop = await shopWith(ORDER);
    let killed = false;
    door.after = async () => {
      if (killed) return;
      killed = true;
      // The connection that holds the conversation's lock dies with its process, before anything is noted.
      await database.owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()`,
      );
    };
    await writes(shop, 'order');
    await eventually(async () => killed && (await stateOf(shop)).join() === 'sent');
    expect(door.said(shop.customer)).toEqual(['Which size?']);
  });

  it('of a worker that was killed is silent when an agent was quicker than the next worker', async () => {
    const shop = await shopWith(ORDER);
    await worker.close();
    worker = await startApp(EngagementWorkerModule, { ...environment, GATEWAY_URL: 'http://127.0.0.1:1' });
    await writes(shop, 'order');
    expect(await stateOf(shop)).toEqual(['waiting']);
    expect((await shop.give('desk')).status).toBe(200);
    await worker.close();
    worker = await startApp(EngagementWorkerModule, environment);
    await eventually(async () => (await stateOf(shop)).join() === 'dropped');
    expect(door.said(shop.customer)).toEqual([]);
  });

  /** Another system of the shop's, which answers JSON. */
  async function aSystem(answer: (path: string | undefined, body: unknown) => Promise<unknown>) {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', async () => {
        response.end(JSON.stringify(await answer(request.url, JSON.parse(Buffer.concat(chunks).toString()))));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
  }

  it('asks the shop’s system and the language model, and waits, without holding anything up', async () => {
    const asked: unknown[] = [];
    const { url, close } = await aSystem(async (path, body) => {
      asked.push([path, body]);
      return path === '/stock' ? { left: 3 } : { text: 'Blue suits everybody.' };
    });
    const shop = await shopWith({
      triggers: [{ on: 'anything' }],
      start: 'stock',
      answer_url: `${url}/model`,
      steps: {
        stock: { do: 'call', url: `${url}/stock`, send: ['said'], save: 'stock', next: 'tell' },
        tell: { do: 'say', text: '{{stock.left}} left.', next: 'model' },
        model: { do: 'answer', instructions: 'Advise.' },
      },
    });
    await writes(shop, 'Which colour?');
    await hears(shop, '3 left.', 'Blue suits everybody.');
    expect(asked).toMatchObject([
      ['/stock', { said: 'Which colour?' }],
      ['/model', { instructions: 'Advise.', question: 'Which colour?' }],
    ]);
    await close();
  });

  it('goes on with what the shop’s system answers, although the customer could not wait and wrote again', async () => {
    let answer = () => {};
    const wroteAgain = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let asked = 0;
    const { url, close } = await aSystem(async () => {
      asked++;
      await wroteAgain;
      return { left: 3 };
    });
    const shop = await shopWith({
      triggers: [{ on: 'anything' }],
      start: 'stock',
      steps: {
        stock: { do: 'call', url, send: [], save: 'stock', next: 'tell' },
        tell: { do: 'say', text: '{{stock.left}} left.' },
      },
    });
    await writes(shop, 'Any left?');
    await eventually(async () => asked === 1);
    await writes(shop, 'And in blue?');
    answer();
    await hears(shop, '3 left.', '3 left.');
    await eventually(async () => (await shop.only()).owner === 'nobody');
    await close();
  });

  it('hears, in order and once, what is written while it asks, also when its worker is killed meanwhile', async () => {
    const { url, close } = await aSystem(async () => ({ left: 3 }));
    let killed = () => {};
    const wroteAgain = new Promise<void>((resolve) => {
      killed = resolve;
    });
    const ask = jest.spyOn(worker.app.get(BotCalls), 'ask').mockImplementationOnce(async () => {
      await wroteAgain;
      throw new Error('killed');
    });
    const shop = await shopWith({
      triggers: [{ on: 'anything' }],
      start: 'stock',
      steps: {
        stock: { do: 'call', url, send: [], save: 'stock', next: 'count' },
        count: { do: 'ask', text: '{{stock.left}} left. How many?', as: 'number', save: 'count', next: 'place' },
        place: { do: 'ask', text: 'Where to?', as: 'text', save: 'place', next: 'sum' },
        sum: { do: 'hand_over', text: '{{count}} to {{place}}.' },
      },
    });
    await writes(shop, 'Any left?');
    await eventually(async () => ask.mock.calls.length > 0);
    for (const text of ['hello?', '2', 'Puebla']) await writes(shop, text);
    const runs = () => shop.call('GET', `/bots/${shop.bot.id}/runs`).then(({ body }) => body.data);
    expect(await runs()).toMatchObject([{ status: 'calling', unheard: ['hello?', '2', 'Puebla'] }]);
    expect(door.said(shop.customer)).toEqual([]);
    killed();
    await hears(shop, '3 left. How many?', 'Where to?', '2 to Puebla.');
    const [run] = await runs();
    expect(run).toMatchObject({ status: 'with_people', variables: { count: 2, place: 'Puebla' }, unheard: [] });
    const steps = (await shop.call('GET', `/bots/${shop.bot.id}/runs/${run.id}`)).body.data;
    expect(steps.map((s: { event: { text?: string; kind: string } }) => s.event.text ?? s.event.kind)).toEqual([
      'Any left?',
      'called',
      'hello?',
      '2',
      'Puebla',
    ]);
    ask.mockRestore();
    await close();
  });

  it('fetches people when two machines talk, also where each of their words begins it anew', async () => {
    const shop = await shopWith({
      triggers: [{ on: 'anything' }],
      start: 'hello',
      steps: { hello: { do: 'say', text: 'We are open until six.' } },
    });
    for (let i = 0; i < 25; i++) await writes(shop, 'I am away until Monday.');
    await eventually(async () => (await shop.call('GET', '/inbox/tickets')).body.data.length === 1, 60_000);
    expect(door.said(shop.customer).length).toBeLessThanOrEqual(21);
  });

  it('has nothing left on its way once people took over, also what the gateway took from a worker that was killed', async () => {
    const shop = await shopWith(ORDER);
    await writes(shop, 'order');
    await hears(shop, 'Which size?');
    const [taken] = door.taken.filter((m) => m.to === shop.customer);
    const { tenantId, phoneNumberId, customer } = shop;
    const message = { tenantId, phoneNumberId, recipient: customer, type: 'text', payload: '{}', lane: 0 as const };
    const expiresAt = new Date(Date.now() + 3_600_000);
    const outbox = worker.app.get(Outbox);
    await outbox.acceptNamed(tenantId, [{ ...message, messageId: taken?.id as string, inWindow: true, expiresAt }]);
    expect((await shop.give('desk')).status).toBe(200);
    const said = await connection.db.inTenant(tenantId, (tx) => outbox.find(tx, tenantId, taken?.id as string));
    expect(said?.status).toBe('cancelled');
  });

  it('is played as a draft without a word to anybody', async () => {
    const shop = await shopWith(ORDER);
    const events = [{ text: 'hello' }, { text: 'order' }, { press: 's' }, { text: '11' }, { given_back: true }];
    const { body } = await shop.call('POST', `/bots/${shop.bot.id}/simulate`, { events });
    expect(body.data.map((t: { status: string }) => t.status)).toEqual([
      'not_started',
      'asked',
      'asked',
      'with_people',
      'over',
    ]);
    expect(body.data.at(-1).effects[0].body.text.body).toBe('11 x Small, thank you.');
    expect(door.said(shop.customer)).toEqual([]);
    const wrong = [{ text: 5 }, { wait_minutes: 'x' }, { text: null }];
    const refused = await shop.call('POST', `/bots/${shop.bot.id}/simulate`, { events: wrong });
    expect([refused.status, refused.body.error.fields.events.length]).toEqual([400, 3]);
  });

  it('goes on with the version that it was begun with, and begins with the newest', async () => {
    const shop = await shopWith(ORDER);
    await writes(shop, 'order');
    await hears(shop, 'Which size?');
    const flow = { ...ORDER, steps: { ...ORDER.steps, count: { ...ORDER.steps.count, text: 'And how many?' } } };
    await shop.call('PUT', `/bots/${shop.bot.id}/draft`, { flow });
    expect((await shop.call('POST', `/bots/${shop.bot.id}/publish`)).body).toEqual({ version: 2 });
    await presses(shop, 's', 'Small');
    await hears(shop, 'Which size?', 'How many?');
  });

  it('is refused with every mistake in its flow, and may call nothing of the provider’s own', async () => {
    const shop = await shopWith(ORDER);
    const flow = {
      triggers: [],
      start: 'x',
      steps: {
        a: { do: 'say', text: '', next: 'b' },
        c: { do: 'call', url: 'https://169.254.169.254/', send: [], save: 's' },
      },
    };
    const { status, body } = await shop.call('PUT', `/bots/${shop.bot.id}/draft`, { flow });
    expect(status).toBe(400);
    expect(body.error.fields.flow).toHaveLength(4);
    const inner = { ...ORDER, start: 'c', steps: { ...ORDER.steps, c: flow.steps.c } };
    expect((await shop.call('PUT', `/bots/${shop.bot.id}/draft`, { flow: inner })).body.error.fields.flow).toEqual([
      expect.stringMatching(/^steps.c.url: .*private/),
    ]);
  });

  const stateOf = async (shop: Shop): Promise<string[]> => {
    const { rows } = await database.owner.query(
      'SELECT state FROM inbox_sayings WHERE tenant_id = $1 ORDER BY saying_id',
      [shop.tenantId],
    );
    return rows.map((r) => r.state);
  };
});
