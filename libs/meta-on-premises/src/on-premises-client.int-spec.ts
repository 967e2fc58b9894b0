import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Harness, type Json } from '../../../apps/sandbox/testing/harness.js';
import { cloudWebhookOf } from './callback.js';
import { isConnected } from './health.js';
import { OnPremisesClient } from './on-premises-client.js';
import { OnPremisesError, OnPremisesUnreachableError } from './on-premises-error.js';

const harness = new Harness();
const PASSWORD = 'New-Passw0rd';
const text = { to: '15550002222', type: 'text', text: { body: 'hi' } };
const sandboxClock = { now: () => new Date(harness.sandbox.meta.world.now()) };
const clients: OnPremisesClient[] = [];
let client: OnPremisesClient;

function newClient(
  options: { password?: string; clock?: typeof sandboxClock; url?: string; lookup?: LookupFunction } = {},
): OnPremisesClient {
  const made = new OnPremisesClient({
    url: options.url ?? `${harness.sandbox.url}/on-premises/shop`,
    user: 'admin',
    password: options.password ?? PASSWORD,
    clock: options.clock ?? sandboxClock,
    ...(options.lookup ? { lookup: options.lookup } : {}),
  });
  clients.push(made);
  return made;
}

/** How many calls of a path the sandbox saw, and their HTTP status. */
const statusesOf = async (path: string): Promise<number[]> =>
  (await harness.control('GET', `/calls?path=${path}`)).body.data.map((call: Json) => call.status);
const fault = (path: string, more: Json) => harness.control('POST', '/faults', { path, ...more });
const thrownBy = (call: Promise<unknown>) =>
  call.then(
    () => 'nothing',
    (error: unknown) => error,
  );

beforeAll(() => harness.start());
afterAll(async () => {
  await Promise.all(clients.map((one) => one.close()));
  await harness.stop();
});
beforeEach(async () => {
  await harness.fresh();
  await harness.control('POST', '/on_premises/shop', { phone_number_id: harness.number.id });
  client = newClient({ password: 'secret' });
  await client.login(PASSWORD);
});

describe('the login of an On-Premises client', () => {
  it('sets the first password, and works with it from then on', async () => {
    await newClient().send(text);
    await expect(newClient({ password: 'secret' }).health()).rejects.toMatchObject({ httpStatus: 401, code: 1005 });
    await expect(client.login('weak')).rejects.toThrow('must have 8 to 64 characters');
    expect(await statusesOf('/users/login')).toEqual([200, 200, 401]);
  });

  it('is one for all calls that wait for it', async () => {
    const other = newClient();
    await Promise.all(Array.from({ length: 20 }, () => other.send(text)));
    expect(await statusesOf('/users/login')).toEqual([200, 200]);
  });

  it('is made anew before the token ends, so that no call is refused', async () => {
    await harness.advance(7 * 86_400_000 - 30 * 60_000);
    await Promise.all([client.send(text), client.health()]);
    expect(await statusesOf('/users/login')).toEqual([200, 200]);
    expect([...(await statusesOf('/messages')), ...(await statusesOf('/health'))]).toEqual([201, 200]);
  });

  it('that cannot be made anew yet leaves the old token in use as long as it lives', async () => {
    await harness.advance(7 * 86_400_000 - 30 * 60_000);
    await fault('/users/login', { mode: 'error', http_status: 500 });
    await client.send(text);
    expect(await statusesOf('/users/login')).toEqual([200, 500]);
  });

  it('is made once where a token is not known any more, and the calls are repeated', async () => {
    const stopped = sandboxClock.now();
    const unaware = newClient({ clock: { now: () => stopped } });
    await unaware.health();
    await harness.advance(8 * 86_400_000);
    await Promise.all(Array.from({ length: 10 }, () => unaware.send(text)));
    expect(await statusesOf('/users/login')).toEqual([200, 200, 200]);
    expect((await statusesOf('/messages')).sort()).toEqual([...Array(10).fill(201), ...Array(10).fill(401)]);
  });

  it('is not tried for ever', async () => {
    await fault('/v1/messages', { mode: 'error', http_status: 401, count: 5 });
    await expect(client.send(text)).rejects.toMatchObject({ httpStatus: 401 });
    expect(await statusesOf('/messages')).toEqual([401, 401]);
  });

  it.each([
    ['is answered with an error', { mode: 'error', http_status: 500 }],
    ['is cut off', { mode: 'drop' }],
    ['is cut off after it was done', { mode: 'drop_after_accept' }],
  ])('leaves no message in doubt when it %s', async (_, how) => {
    const other = newClient();
    await fault('/users/login', how);
    const thrown = await thrownBy(other.send(text));
    expect(thrown).toBeInstanceOf(OnPremisesUnreachableError);
    expect(thrown).toMatchObject({ sent: false });
    expect(await statusesOf('/messages')).toEqual([]);
  });
});

describe('an On-Premises client', () => {
  it('sends, and its callbacks read like webhooks of the Cloud API', async () => {
    await client.setWebhook(`${harness.receiver.url}/onprem`);
    await harness.customerWrites('15550002222');
    const answer = await client.send(text);
    await harness.advance(5_000);
    const read = await harness.receiver.next(
      ({ body }) => body.statuses?.[0].status === 'read' && body.statuses[0].id === answer?.messages?.[0]?.id,
    );
    const number = { metaWabaId: '1', metaPhoneNumberId: '2', displayPhoneNumber: '+1 555' };
    const change = cloudWebhookOf(read.body, number).entry[0]?.changes[0]?.value as Json;
    expect(change.statuses).toEqual([
      { id: answer?.messages?.[0]?.id, recipient_id: '15550002222', status: 'read', timestamp: expect.any(String) },
    ]);
    const wrote = await harness.receiver.next(({ body }) => body.messages !== undefined);
    await client.markRead(wrote.body.messages[0].id);
  });

  it('says why a message was refused, with the code of the Cloud API beside its own', async () => {
    const template = { namespace: 'other', name: 'order_update', language: { policy: 'deterministic', code: 'en_US' } };
    const thrown = await thrownBy(client.send({ to: '15550002222', type: 'template', template }));
    expect(thrown).toBeInstanceOf(OnPremisesError);
    expect(thrown).toMatchObject({
      httpStatus: 400,
      code: 2003,
      title: 'Template format mismatch',
      details: 'The namespace is not that of the account.',
      cloudCode: 132012,
    });
  });

  it('leaves open whether a message went out when the answer was lost, and not when it never left', async () => {
    await fault('/v1/messages', { mode: 'drop_after_accept' });
    expect(await thrownBy(client.send(text))).toMatchObject({ name: 'OnPremisesUnreachableError', sent: true });
    const nobody = newClient({ url: 'http://127.0.0.1:1' });
    expect(await thrownBy(nobody.send(text))).toMatchObject({ name: 'OnPremisesUnreachableError', sent: false });
  });

  it('checks contacts', async () => {
    expect(await client.checkContacts(['+15550002222', '12'], { forceCheck: true })).toEqual([
      { input: '+15550002222', status: 'valid', wa_id: '15550002222' },
      { input: '12', status: 'invalid' },
    ]);
  });

  it('takes files and gives them back byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31) % 256));
    const id = await client.uploadMedia({
      open: () => Readable.from([bytes]),
      mimeType: 'image/png',
      size: bytes.length,
    });
    const file = await client.downloadMedia(id);
    expect([file.mimeType, file.size]).toEqual(['image/png', bytes.length]);
    expect((await buffer(file.bytes)).equals(bytes)).toBe(true);
    await expect(client.downloadMedia('none')).rejects.toMatchObject({ code: 1006, cloudCode: 131006 });
  });

  it('does not say that the client is away when it is the file that cannot be read', async () => {
    const open = () => Promise.reject(new Error('no such bytes'));
    await expect(client.uploadMedia({ open, mimeType: 'image/png' })).rejects.toThrow('no such bytes');
  });

  it('opens a file again where the first try met an old token', async () => {
    let opened = 0;
    const open = () => {
      opened++;
      return Readable.from([Buffer.from('png')]);
    };
    await fault('/v1/media', { mode: 'error', http_status: 401 });
    await client.uploadMedia({ open, mimeType: 'image/png' });
    expect(opened).toBe(2);
  });

  it('has settings that can be read and changed', async () => {
    await client.changeApplicationSettings({ callback_persist: false });
    expect(await client.applicationSettings()).toMatchObject({ callback_persist: false, webhooks: {} });
  });

  it('tells its health, alone and as several nodes', async () => {
    expect(await client.health()).toEqual([{ name: '', gatewayStatus: 'connected' }]);
    const nodes = [
      { name: 'h1:c1', role: 'primary_master', gateway_status: 'disconnected' },
      { name: 'h2:c2', role: 'coreapp', gateway_status: 'connected' },
    ];
    await harness.control('POST', '/on_premises/shop', { nodes });
    const health = await client.health();
    expect(health[0]).toEqual({ name: 'h1:c1', gatewayStatus: 'disconnected', role: 'primary_master' });
    expect(isConnected(health)).toBe(true);
  });

  it('gives its registration away, with which Meta moves the number to the Cloud API', async () => {
    const backup = { password: 'b', data: await client.backup('b') };
    const body = { messaging_product: 'whatsapp', pin: '123456', backup };
    expect((await harness.graph('POST', `/${harness.number.id}/register`, body)).body).toEqual({ success: true });
    expect(isConnected(await client.health())).toBe(false);
  });
});

describe('between an On-Premises client and us', () => {
  let server: Server;
  let listening: (response: ServerResponse) => void;
  const listen = async (answer: RequestListener): Promise<string> => {
    server = createServer((request, response) => {
      if (!request.url?.endsWith('/users/login')) return answer(request, response);
      response.end('{"users":[{"token":"t"}]}');
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['a page of a proxy that could not reach it leaves the message in doubt', 502, '<html>', { sent: true }],
    ['a success that is no JSON leaves the message in doubt', 200, '<html>', { sent: true }],
    ['a page of a proxy that refused is a refusal', 403, '<html>', { httpStatus: 403, code: -1 }],
    ['an error of the client itself is a refusal', 500, '{"errors":[{"code":1014}]}', { httpStatus: 500, code: 1014 }],
  ])('%s', async (_, status, body, expected) => {
    const url = await listen((_request, response) => response.writeHead(status).end(body));
    expect(await thrownBy(newClient({ url }).send(text))).toMatchObject(expected);
  });

  it('an answer without end does not fill our memory', async () => {
    const url = await listen((_request, response) => {
      const more = () => {
        if (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 32))) setImmediate(more);
      };
      response.on('drain', more);
      more();
    });
    expect(await thrownBy(newClient({ url }).health())).toMatchObject({
      message: expect.stringContaining('more than 1048576 bytes'),
    });
  });

  it('a name that leads where it must not is never called, and nothing was sent', async () => {
    let calls = 0;
    const url = await listen((_request, response) => {
      calls++;
      response.end('{}');
    });
    const forbid: LookupFunction = (_name, _options, done) =>
      done(Object.assign(new Error('leads to a private address'), { code: 'FORBIDDEN_ADDRESS' }), []);
    const guarded = newClient({ url: url.replace('127.0.0.1', 'localhost'), lookup: forbid });
    expect(await thrownBy(guarded.send(text))).toMatchObject({ sent: false });
    expect(calls).toBe(0);
  });

  it('calls under way come to their end when the client is replaced, and no more begin', async () => {
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      listening = (response) => {
        answer = () => response.end('{"messages":[{"id":"gBEG1"}]}');
        resolve();
      };
    });
    const old = newClient({ url: await listen((_request, response) => listening(response)) });
    const sending = old.send(text);
    await asked;
    const finished = old.finish();
    const meanwhile = await thrownBy(old.send(text));
    answer();
    expect([await sending, await finished]).toEqual([{ messages: [{ id: 'gBEG1' }] }, undefined]);
    for (const thrown of [meanwhile, await thrownBy(old.send(text))]) {
      expect(thrown).toMatchObject({ name: 'OnPremisesUnreachableError', sent: false });
    }
  });

  it('a file goes through as it is read, never whole', async () => {
    let firstArrived = () => {};
    const arrived = new Promise<void>((resolve) => {
      firstArrived = resolve;
    });
    const url = await listen((request, response) => {
      request.once('data', () => firstArrived());
      request.on('data', () => {}).on('end', () => response.writeHead(201).end('{"media":[{"id":"m"}]}'));
    });
    async function* halves() {
      yield Buffer.alloc(1_000);
      // Only once the first half is at the other end is there a second.
      await arrived;
      yield Buffer.alloc(1_000);
    }
    const file = { open: () => Readable.from(halves(), { objectMode: false }), mimeType: 'video/mp4' };
    expect(await newClient({ url }).uploadMedia(file)).toBe('m');
  });
});
