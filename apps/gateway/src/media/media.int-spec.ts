import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InboundMedia } from '#libs/media-store';
import { Database } from '#libs/persistence';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, type Merchant } from '../../../../test/support/gateway.js';
import { defaultConfig } from '../../../sandbox/src/config.js';
import { type Sandbox, startSandbox } from '../../../sandbox/src/sandbox.js';
import { GATEWAY } from '../gateway.js';
import { GatewayWorkerModule } from '../gateway-worker.module.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into by assertions
type Json = Record<string, any>;

const MB = 1024 * 1024;
const DAY = 86_400_000;
const CUSTOMER = '16505551234';
const PUBLIC_URL = 'https://gateway.example';

const bytesOf = (magic: string, size: number) =>
  Buffer.concat([Buffer.from(magic, 'latin1'), randomBytes(size - magic.length)]);
const jpeg = (size = 2_000) => bytesOf('\xff\xd8\xff\xe0\x00\x10JFIF\x00', size);
const pdf = (size = 2_000) => bytesOf('%PDF-1.7\n', size);
const webp = (size: number) => bytesOf('RIFF\x00\x00\x00\x00WEBPVP8 ', size);
const program = () => bytesOf('MZ\x90\x00', 2_000);

let database: TestDatabase;
let sandbox: Sandbox;
let folder: string;
let environment: Record<string, string>;
let gateway: RunningApp;
let worker: RunningApp;
let shop: Merchant;
let other: Merchant;

const control = async (method: string, path: string, body?: unknown): Promise<Json> => {
  const answer = await http(method, `${sandbox.url}/_sandbox${path}`, body === undefined ? {} : { body });
  if (answer.status >= 400) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};

/** A merchant whom the sandbox knows too. */
async function merchant(): Promise<Merchant> {
  const made = await aMerchant(gateway.app);
  await control('POST', '/wabas', { id: made.metaWabaId, subscribed: true, timezone: 'UTC' });
  await control('POST', '/phone_numbers', { id: made.metaPhoneNumberId, waba_id: made.metaWabaId, pin: '123456' });
  await control('POST', '/tokens', { value: `token-of-${made.metaWabaId}`, waba_ids: [made.metaWabaId] });
  return made;
}

beforeAll(async () => {
  [database, folder] = await Promise.all([cloneDatabase(), mkdtemp(join(tmpdir(), 'paloma-media-'))]);
  sandbox = await startSandbox({ ...defaultConfig, port: 0, logLevel: 'error', latencyMs: 0 });
  environment = testEnvironment(database, {
    META_GRAPH_URL: sandbox.url,
    META_APP_SECRETS: defaultConfig.appSecret,
    PALOMA_CLOCK: 'sandbox',
    SANDBOX_URL: sandbox.url,
    MEDIA_FOLDER: folder,
    PUBLIC_URL,
    LOG_LEVEL: 'fatal',
  });
  gateway = await startApp(GATEWAY.module as never, environment, { ...GATEWAY });
  worker = await startApp(GatewayWorkerModule, environment, { name: 'gateway-worker' });
  await control('POST', '/apps', {
    id: defaultConfig.appId,
    secret: defaultConfig.appSecret,
    callback_url: `${gateway.url}/meta/webhooks`,
  });
  [shop, other] = [await merchant(), await merchant()];
});
afterAll(async () => {
  await worker.close();
  await gateway.close();
  await sandbox.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

type Part = [name: string, value: string | { bytes: Buffer; type?: string; name?: string }];

/** Uploads a form with these parts in this order. */
async function upload(parts: Part[], more: { as?: Merchant; number?: string; query?: string } = {}) {
  const { as = shop, query = '' } = more;
  const { number = as.metaPhoneNumberId } = more;
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value.bytes)], { type: value.type ?? '' }), value.name ?? 'file');
  }
  const answer = await fetch(`${gateway.url}/v24.0/${number}/media${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as.apiKey}` },
    body: form,
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}
const uploadAs = (type: string, bytes: Buffer, as = shop) =>
  upload(
    [
      ['messaging_product', 'whatsapp'],
      ['type', type],
      ['file', { bytes, type, name: 'menu.bin' }],
    ],
    { as },
  );
const get = (path: string, as = shop) => http('GET', `${gateway.url}/v24.0${path}`, { token: as.apiKey });
const remove = (path: string, as = shop) => http('DELETE', `${gateway.url}/v24.0${path}`, { token: as.apiKey });
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Fetches an address of ours from where this test runs. */
async function download(url: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url.replace(PUBLIC_URL, gateway.url), { headers });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}
const files = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;

describe('a file of a tenant', () => {
  it('comes back byte for byte, as the Cloud API would give it', async () => {
    const bytes = jpeg(300_000);
    const { status, body } = await uploadAs('image/jpeg', bytes);
    expect({ status, body }).toEqual({ status: 200, body: { id: expect.stringMatching(/^\d{16}$/) } });
    const told = await get(`/${body.id}?phone_number_id=${shop.metaPhoneNumberId}`);
    expect(told).toMatchObject({ status: 200 });
    expect(told.body).toEqual({
      messaging_product: 'whatsapp',
      url: expect.stringContaining(`${PUBLIC_URL}/whatsapp_business/attachments?mid=${body.id}`),
      mime_type: 'image/jpeg',
      sha256: hash(bytes),
      file_size: bytes.length,
      id: body.id,
    });
    for (const headers of [{}, { authorization: `Bearer ${shop.apiKey}` }, { authorization: 'Bearer nonsense' }]) {
      const file = await download(told.body.url, headers as Record<string, string>);
      expect(file.status).toBe(200);
      expect(file.headers.get('content-type')).toBe('image/jpeg');
      expect(file.bytes.equals(bytes)).toBe(true);
    }
  });

  it('is refused where the provider allows no more, also when several come at once, and the same bytes take no more room', async () => {
    const [{ used }] = (
      await database.owner.query(
        'SELECT coalesce(sum(file_size), 0)::int AS used FROM media_objects WHERE tenant_id = $1',
        [shop.tenantId],
      )
    ).rows;
    const photos = [1, 2, 3, 4].map(() => jpeg(50_000));
    await database.owner.query(
      `INSERT INTO tenant_limits (tenant_id, what, most, set_at) VALUES ($1, 'media_bytes', $2, now())`,
      [shop.tenantId, used + 120_000],
    );
    const answers = await Promise.all(photos.map((bytes) => uploadAs('image/jpeg', bytes)));
    expect(answers.map((a) => a.status).sort()).toEqual([200, 200, 403, 403]);
    const kept = photos[answers.findIndex((a) => a.status === 200)] as Buffer;
    expect((await uploadAs('image/jpeg', kept)).status).toBe(200);
    await database.owner.query('DELETE FROM tenant_limits WHERE tenant_id = $1', [shop.tenantId]);
  });

  it('can be fetched in parts', async () => {
    const bytes = pdf();
    const { body } = await uploadAs('application/pdf', bytes);
    const { url } = (await get(`/${body.id}`)).body;
    const part = await download(url, { range: 'bytes=100-199' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 100-199/2000');
    expect(part.bytes.equals(bytes.subarray(100, 200))).toBe(true);
    expect((await download(url, { range: 'bytes=-10' })).bytes.equals(bytes.subarray(-10))).toBe(true);
    const beyond = await download(url, { range: 'bytes=2000-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */2000']);
  });

  it('cannot run in the browser of who looks at it', async () => {
    const { body } = await uploadAs('text/plain', Buffer.from('<html><script>alert(1)</script></html>'));
    const { headers } = await download((await get(`/${body.id}`)).body.url);
    expect(headers.get('content-type')).toBe('text/plain');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''menu.bin");
  });

  it.each<[string, (bytes: Buffer) => Part[]]>([
    [
      'without type',
      (bytes) => [
        ['messaging_product', 'whatsapp'],
        ['file', { bytes, type: 'image/jpeg' }],
      ],
    ],
    ['without any type at all', (bytes) => [['file', { bytes }]]],
    [
      'with typeFile',
      (bytes) => [
        ['typeFile', 'image/jpeg'],
        ['file', { bytes, type: 'application/octet-stream' }],
      ],
    ],
    [
      'with a kind for a type',
      (bytes) => [
        ['type', 'image'],
        ['file', { bytes, type: 'application/octet-stream' }],
      ],
    ],
    [
      'with the file in front of the fields',
      (bytes) => [
        ['file', { bytes }],
        ['type', 'image/jpeg'],
        ['messaging_product', 'whatsapp'],
      ],
    ],
    [
      'with a file of another name',
      (bytes) => [
        ['image', { bytes }],
        ['extra', '1'],
      ],
    ],
    [
      'with a type that is not quite right',
      (bytes) => [
        ['type', 'image/png'],
        ['file', { bytes, type: 'image/png' }],
      ],
    ],
  ])('may be uploaded %s, and is what its bytes are', async (_, parts) => {
    const { status, body } = await upload(parts(jpeg()));
    expect({ status, body }).toMatchObject({ status: 200 });
    expect((await get(`/${body.id}`)).body.mime_type).toBe('image/jpeg');
  });

  it('may be uploaded with messaging_product in the query, as 360dialog lets it', async () => {
    expect(
      (await upload([['file', { bytes: jpeg() }]], { query: '?messaging_product=whatsapp&unknown=1' })).status,
    ).toBe(200);
  });

  it.each<[string, string, Buffer, RegExp]>([
    ['an image above 5 MB', 'image/jpeg', jpeg(5 * MB + 1), /at most 5 MB; this one has 5242881 bytes/],
    ['a still sticker above 100 KB', 'image/webp', webp(100 * 1024 + 1), /sticker has at most 100 KB/],
    [
      'a sound above 16 MB',
      'audio/mpeg',
      bytesOf('ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x44', 16 * MB + 1),
      /16 MB/,
    ],
    ['a document above 100 MB', 'application/pdf', pdf(100 * MB + 1), /100 MB/],
    ['a program named as a picture', 'image/jpeg', program(), /announced as image\/jpeg/],
    ['nothing', 'image/jpeg', Buffer.alloc(0), /empty/],
  ])('is refused in time, with the reason and nothing left behind: %s', async (_, type, bytes, details) => {
    const before = await files();
    const { status, body } = await uploadAs(type, bytes);
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { code: 131053, error_data: { details: expect.stringMatching(details) } } },
    });
    expect(await files()).toBe(before);
  });

  it('leaves nothing behind when its sender hangs up in the middle', async () => {
    const before = await files();
    const [bytes, boundary] = [pdf(300_000), 'paloma-test'];
    const request = httpRequest(`${gateway.url}/${shop.metaPhoneNumberId}/media`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${shop.apiKey}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': 2 * MB,
      },
    });
    request.on('error', () => {});
    request.write(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n`);
    request.write(bytes);
    await eventually(async () => (await files()) > before);
    request.destroy();
    await eventually(async () => (await files()) === before);
  });

  it('is refused when the form breaks off, or has two files', async () => {
    const before = await files();
    const cut = await fetch(`${gateway.url}/${shop.metaPhoneNumberId}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.apiKey}`, 'content-type': 'multipart/form-data; boundary=x' },
      body: `--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7 and no end`,
    });
    expect({ status: cut.status, body: await cut.json() }).toMatchObject({
      status: 400,
      body: { error: { code: 100 } },
    });
    const two = await upload([
      ['file', { bytes: jpeg() }],
      ['file', { bytes: jpeg() }],
    ]);
    expect(two).toMatchObject({ status: 400, body: { error: { code: 100 } } });
    expect(await files()).toBe(before);
  });

  it('is refused when the form has none, or is no form', async () => {
    expect(await upload([['type', 'image/jpeg']])).toMatchObject({ status: 400, body: { error: { code: 131008 } } });
    const answer = await http('POST', `${gateway.url}/${shop.metaPhoneNumberId}/media`, {
      token: shop.apiKey,
      body: {},
    });
    expect(answer).toMatchObject({
      status: 415,
      body: { error: { error_data: { details: expect.stringMatching(/form/) } } },
    });
    const unbounded = await fetch(`${gateway.url}/${shop.metaPhoneNumberId}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.apiKey}`, 'content-type': 'multipart/form-data' },
      body: 'x',
    });
    expect([unbounded.status, ((await unbounded.json()) as Json).error.code]).toEqual([400, 100]);
  });

  it('is stored once when it is uploaded twice, and stays until its last id is deleted', async () => {
    const bytes = jpeg();
    const before = await files();
    const [a, b] = [await uploadAs('image/jpeg', bytes), await uploadAs('image/jpeg', bytes)];
    expect(a.body.id).not.toBe(b.body.id);
    expect(await files()).toBe(before + 1);
    expect(await remove(`/${a.body.id}`)).toMatchObject({ status: 200, body: { success: true } });
    expect((await download((await get(`/${b.body.id}`)).body.url)).bytes.equals(bytes)).toBe(true);
    const { url } = (await get(`/${b.body.id}`)).body;
    await remove(`/${b.body.id}`);
    expect(await files()).toBe(before);
    expect((await download(url)).status).toBe(404);
    expect((await get(`/${b.body.id}`)).status).toBe(400);
  });

  it("is missing to everybody else, and so is another tenant's number", async () => {
    const { body } = await uploadAs('image/jpeg', jpeg());
    const missing = await get('/1000000000000000', other);
    expect(missing).toMatchObject({ status: 400, body: { error: { code: 100, error_subcode: 33 } } });
    const alike = (answer: { status: number; body: Json }, id: string) => {
      const { fbtrace_id: _, ...error } = answer.body.error;
      return { status: answer.status, error: JSON.parse(JSON.stringify(error).replaceAll(id, 'ID')) };
    };
    for (const answer of [await get(`/${body.id}`, other), await remove(`/${body.id}`, other)]) {
      expect(alike(answer, body.id)).toEqual(alike(missing, '1000000000000000'));
    }
    expect((await get(`/${body.id}`)).status).toBe(200);
    const foreign = await upload([['file', { bytes: jpeg() }]], { as: shop, number: other.metaPhoneNumberId });
    expect(foreign).toMatchObject({ status: 400, body: { error: { code: 100, error_subcode: 33 } } });
  });

  it('is refused for a number that is not its own', async () => {
    const { body } = await uploadAs('image/jpeg', jpeg());
    expect(await get(`/${body.id}?phone_number_id=1`)).toMatchObject({ status: 400, body: { error: { code: 100 } } });
  });

  it("has an address that cannot be turned into another file's or another tenant's", async () => {
    const [mine, second] = [await uploadAs('image/jpeg', jpeg()), await uploadAs('image/jpeg', jpeg())];
    const theirs = await uploadAs('image/jpeg', jpeg(), other);
    const { url } = (await get(`/${mine.body.id}`)).body as { url: string };
    for (const bad of [
      url.replace(mine.body.id, second.body.id),
      url.replace(mine.body.id, theirs.body.id),
      url.replace(/ext=\d+/, 'ext=4102444800'),
      url.replace(/hash=.*/, 'hash='),
    ]) {
      expect((await download(bad)).status).toBe(404);
    }
    expect((await download(url)).status).toBe(200);
    expect((await download(url.replace('attachments?', 'attachments/?'))).status).toBe(200);
  });

  it('is on the disk while the rest of it is still on its way: a large one is never in memory as a whole', async () => {
    const incoming = join(folder, 'incoming');
    const onDisk = async () => {
      const sizes = await Promise.all(
        (await readdir(incoming)).map(async (name) => (await stat(join(incoming, name))).size),
      );
      return Math.max(0, ...sizes);
    };
    const piece = randomBytes(MB);
    const boundary = 'paloma-test';
    async function* form() {
      yield Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\n`,
      );
      for (let sent = 1; sent < 100; sent++) {
        yield piece;
        // Goes on when what was sent before is on the disk, so that at no time more than 6 MB are anywhere else.
        if (sent % 4 === 0) await eventually(async () => (await onDisk()) > (sent - 2) * MB);
      }
      yield Buffer.from(`\r\n--${boundary}--\r\n`);
    }
    const answer = await fetch(`${gateway.url}/${shop.metaPhoneNumberId}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.apiKey}`, 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: form(),
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(200);
    const { id } = (await answer.json()) as { id: string };
    expect((await get(`/${id}`)).body).toMatchObject({ mime_type: 'application/pdf', file_size: 99 * MB + 9 });
    await remove(`/${id}`);
  });
});

describe('a message with a file', () => {
  const customerWrites = async (from: string) => {
    await control('POST', '/inbound', {
      phone_number_id: shop.metaPhoneNumberId,
      from,
      message: { type: 'text', text: { body: 'Hi' } },
    });
    await eventually(async () => {
      const { rows } = await database.owner.query(
        `SELECT last_user_message_at > $2::timestamptz - interval '1 minute' AS open FROM service_windows WHERE customer = $1`,
        [from, (await control('GET', '/clock')).now],
      );
      return rows[0]?.open;
    });
  };
  const sendImage = (id: string) =>
    http('POST', `${gateway.url}/${shop.metaPhoneNumberId}/messages`, {
      token: shop.apiKey,
      body: { messaging_product: 'whatsapp', to: CUSTOMER, type: 'image', image: { id, caption: 'menu' } },
    });
  const seq = async () => {
    const { data } = await control('GET', '/calls');
    return Math.max(0, ...data.map((call: Json) => call.seq));
  };
  const callsTo = async (path: string, after: number): Promise<Json[]> =>
    (await control('GET', `/calls?path=/${shop.metaPhoneNumberId}/${path}&after=${after}&limit=1000`)).data;
  /** Sends, waits until Meta has accepted, and tells what Meta was called for. */
  const send = async (mediaId: string, messages = 1) => {
    const after = await seq();
    for (let i = 0; i < messages; i++) expect(await sendImage(mediaId)).toMatchObject({ status: 200 });
    await eventually(
      async () => (await callsTo('messages', after)).filter((c) => c.status === 200).length === messages,
    );
    const [uploads, sends] = [await callsTo('media', after), await callsTo('messages', after)];
    return { uploads: uploads.length, sends, metaId: sends.at(-1)?.body.image.id as string };
  };
  const atMeta = (id: string) => sandbox.meta.world.get('media', id);

  it("reaches Meta under Meta's id, and the file is brought there once for many", async () => {
    await customerWrites(CUSTOMER);
    const bytes = jpeg(200_000);
    const { body } = await uploadAs('image/jpeg', bytes);
    expect((await callsTo('media', 0)).length).toBe(0);
    const first = await send(body.id, 3);
    expect(first.uploads).toBe(1);
    expect(new Set(first.sends.map((call) => call.body.image.id)).size).toBe(1);
    expect(first.metaId).not.toBe(body.id);
    expect(atMeta(first.metaId)?.bytes.equals(bytes)).toBe(true);
    expect(atMeta(first.metaId)).toMatchObject({ mimeType: 'image/jpeg', filename: 'menu.bin' });
    expect(first.sends.at(-1)?.body.image.caption).toBe('menu');
    // Another id of the same bytes is the same file.
    const again = await send((await uploadAs('image/jpeg', bytes)).body.id);
    expect(again).toMatchObject({ uploads: 0, metaId: first.metaId });
  });

  it('is brought there again once when Meta no longer knows the file, and the customer gets it once', async () => {
    await customerWrites(CUSTOMER);
    const { body } = await uploadAs('image/jpeg', jpeg());
    const first = await send(body.id);
    sandbox.meta.world.removeNode(first.metaId);
    const second = await send(body.id);
    expect(second.uploads).toBe(1);
    expect(second.sends.map((call) => call.status)).toEqual([400, 200]);
    expect(atMeta(second.metaId)).toBeDefined();
    expect(await send(body.id)).toMatchObject({ uploads: 0, metaId: second.metaId });
  });

  it("is brought there again when Meta's thirty days are over", async () => {
    await customerWrites(CUSTOMER);
    const { body } = await uploadAs('image/jpeg', jpeg());
    const first = await send(body.id);
    await control('POST', '/clock', { advance_ms: 30 * DAY });
    const { now } = await control('GET', '/clock');
    await eventually(async () => {
      const { url } = (await get(`/${body.id}`)).body as { url: string };
      return Number(new URL(url).searchParams.get('ext')) * 1_000 > new Date(now).getTime();
    });
    await customerWrites(CUSTOMER);
    const second = await send(body.id);
    expect(second.uploads).toBe(1);
    expect(second.sends.map((call) => call.status)).toEqual([200]);
    expect(second.metaId).not.toBe(first.metaId);
  });

  it('waits when the file cannot be brought to Meta, and is not in doubt', async () => {
    await customerWrites(CUSTOMER);
    const { body } = await uploadAs('image/jpeg', jpeg());
    await control('POST', '/faults', { path: `/${shop.metaPhoneNumberId}/media`, mode: 'drop', count: 1 });
    const { uploads, sends } = await send(body.id);
    expect(uploads).toBe(2);
    expect(sends.map((call) => call.status)).toEqual([200]);
  });

  it('with a link is passed on as it is', async () => {
    await customerWrites(CUSTOMER);
    const after = await seq();
    const link = 'https://shop.example/menu.jpg';
    await http('POST', `${gateway.url}/${shop.metaPhoneNumberId}/messages`, {
      token: shop.apiKey,
      body: { messaging_product: 'whatsapp', to: CUSTOMER, type: 'image', image: { link } },
    });
    const [call] = await eventually(async () => {
      const calls = await callsTo('messages', after);
      return calls.length > 0 && calls;
    });
    expect(call?.body.image).toEqual({ link });
    expect(await callsTo('media', after)).toEqual([]);
  });
});

describe("a customer's file", () => {
  const customerSends = async (bytes: Buffer, from = CUSTOMER) => {
    const text = `photo ${hash(bytes).slice(0, 8)}`;
    await control('POST', '/inbound', {
      phone_number_id: shop.metaPhoneNumberId,
      from,
      message: { type: 'image', image: { caption: text, mime_type: 'image/jpeg', base64: bytes.toString('base64') } },
    });
    // As the tenant learns it: from the message.
    const message = await eventually(async () => {
      const { rows } = await database.owner.query(
        `SELECT payload FROM inbound_messages WHERE payload->'image'->>'caption' = $1`,
        [text],
      );
      return rows[0]?.payload as Json | undefined;
    });
    return message.image.id as string;
  };
  const isCopied = (mediaId: string) =>
    eventually(async () => {
      const { rows } = await database.owner.query('SELECT sha256 FROM media WHERE media_id = $1', [mediaId]);
      return rows[0]?.sha256 as Buffer | undefined;
    }, 60_000);
  /** A file at Meta, of which no webhook of ours told. */
  const fileAtMeta = (bytes: Buffer) =>
    sandbox.meta.world.addMedia({
      phoneNumberId: shop.metaPhoneNumberId,
      mimeType: 'image/jpeg',
      bytes,
      expiresAt: sandbox.meta.world.now() + 7 * DAY,
    }).id;
  const note = (mediaId: string, at: Date) =>
    gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
      gateway.app.get(InboundMedia).note(tx, shop.tenantId, {
        mediaId,
        phoneNumberId: shop.phoneNumberId,
        mimeType: 'image/jpeg',
        at,
      }),
    );
  const sandboxNow = async () => new Date((await control('GET', '/clock')).now);

  it("is copied on arrival and read under Meta's id, also when Meta no longer has it", async () => {
    const bytes = jpeg(100_000);
    const mediaId = await customerSends(bytes);
    await isCopied(mediaId);
    sandbox.meta.world.removeNode(mediaId);
    const told = await get(`/${mediaId}`);
    expect(told.body).toMatchObject({ id: mediaId, mime_type: 'image/jpeg', sha256: hash(bytes), file_size: 100_000 });
    expect((await download(told.body.url)).bytes.equals(bytes)).toBe(true);
    expect((await get(`/${mediaId}`, other)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it('is handed through from Meta while it is not copied yet', async () => {
    await worker.close();
    try {
      const bytes = jpeg(100_000);
      const mediaId = fileAtMeta(bytes);
      await note(mediaId, await sandboxNow());
      const told = await get(`/${mediaId}`);
      expect(told.body).toMatchObject({
        id: mediaId,
        mime_type: 'image/jpeg',
        sha256: hash(bytes),
        file_size: 100_000,
      });
      expect(told.body.url).toContain(PUBLIC_URL);
      expect((await download(told.body.url)).bytes.equals(bytes)).toBe(true);
    } finally {
      worker = await startApp(GatewayWorkerModule, environment, { name: 'gateway-worker' });
    }
  });

  it('is tried again when Meta stumbles', async () => {
    const mediaId = fileAtMeta(jpeg());
    await control('POST', '/faults', { path: `/${mediaId}`, mode: 'error', http_status: 500, count: 1 });
    await customerSends(jpeg(), '16505550001');
    await note(mediaId, await sandboxNow());
    await customerSends(jpeg(), '16505550001');
    await isCopied(mediaId);
  });

  it('is parked with the reason when Meta has kept it for seven days and it could not be copied', async () => {
    await note('600000000000099', new Date((await sandboxNow()).getTime() - 7 * DAY));
    await customerSends(jpeg(), '16505550002');
    const parked = await eventually(async () => {
      const { rows } = await database.owner.query(
        `SELECT status, attempts, note FROM media_copies WHERE media_id = '600000000000099' AND status = 'parked'`,
      );
      return rows[0] as Json | undefined;
    });
    expect(parked).toMatchObject({ attempts: 1, note: expect.stringMatching(/does not exist|Unsupported/i) });
    const metrics = await (await fetch(`${worker.url}/metrics`)).text();
    expect(metrics).toMatch(/inbound_media_copies_total\{outcome="given_up"[^}]*\} 1/);
  });

  it('is counted as tried whatever was said, also what no text can hold', async () => {
    const [mediaId, tomorrow] = ['600000000000098', new Date((await sandboxNow()).getTime() + DAY)];
    await note(mediaId, tomorrow);
    await gateway.app.get(InboundMedia).failed(shop.tenantId, mediaId, 'Meta said \0 and \ud83d', tomorrow);
    const { rows } = await database.owner.query('SELECT attempts, note FROM media_copies WHERE media_id = $1', [
      mediaId,
    ]);
    expect(rows).toEqual([{ attempts: 1, note: 'Meta said \ufffd and \ufffd' }]);
  });
});
