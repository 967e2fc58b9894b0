import { callbackDataOf, messageIdOf } from '#libs/outbox';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import { type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { CUSTOMER, type Json, OnPremisesStage } from '../../../../test/support/on-premises.js';

const stage = new OnPremisesStage();
let second: RunningApp;
let shop: Merchant;

beforeAll(async () => {
  await stage.start();
  second = await stage.anotherWorker();
});
afterAll(async () => {
  await second?.close();
  await stage.stop();
});
beforeEach(async () => {
  shop = await stage.merchant();
  await stage.onPremises(shop);
});
afterEach(() => stage.control('DELETE', '/faults'));

const PIN = { pin: '123456' };
const move = (body: Json = PIN) => stage.api(shop, 'POST', '/move-to-cloud', body);
const state = async () => (await stage.api(shop, 'GET', '')).body.state;
const platform = async () => {
  const url = `${stage.sandbox.url}/v24.0/${shop.metaPhoneNumberId}?fields=platform_type`;
  return (await http('GET', url, { token: `token-of-${shop.metaWabaId}` })).body.platform_type;
};
const out = async (text: string) =>
  stage.until(shop, await stage.send(shop, textTo(CUSTOMER, text)), 'delivered', 'read');
const idsTaken = async () => (await stage.taken(shop)).map((m) => m.id as string);
const isCloud = (id: string) => id.startsWith('wamid.');
const registrations = async () =>
  (await stage.control('GET', `/calls?path=/${shop.metaPhoneNumberId}/register`)).data as Json[];

describe('a number that moves to the Cloud API', () => {
  it('goes on sending, without a new code, and what it had sent before stays as it was', async () => {
    await out('before');
    const answer = await move();
    expect([answer.status, answer.body.state, await platform()]).toEqual([200, 'moved', 'CLOUD_API']);
    await out('after');
    expect((await idsTaken()).map(isCloud)).toEqual([false, true]);
    const backup = (await registrations())[0]?.body.backup;
    expect(backup).toEqual({ password: expect.any(String), data: expect.any(String) });
  });

  it('also when the tenant calls /register of the Cloud API, as for any number', async () => {
    const url = `${stage.gateway.url}/${shop.metaPhoneNumberId}/register`;
    const body = { messaging_product: 'whatsapp', ...PIN };
    const answer = await http('POST', url, { token: shop.apiKey, body });
    expect([answer.status, answer.body, await state()]).toEqual([200, { success: true }, 'moved']);
    await out('after');
  });

  it('loses no message and sends none twice, while many are on their way and two workers send', async () => {
    await stage.control('POST', '/settings', { latency_ms: 40 });
    const customers = Array.from({ length: 12 }, (_, i) => `1555000${3000 + i}`);
    await Promise.all(customers.map((c) => stage.customerHasWritten(shop, c)));
    const refs: string[] = [];
    let rounds = 0;
    const sendRound = async () => {
      const round = rounds++;
      refs.push(...(await Promise.all(customers.map((c) => stage.send(shop, textTo(c, `m${round} ${c}`))))));
    };
    while (rounds < 9) await sendRound();
    let moved = false;
    const moving = move().finally(() => {
      moved = true;
    });
    // Before, while and after it moves, but not faster than Meta lets one number write to one customer (45 at once).
    while (!moved && rounds < 40) await sendRound();
    expect((await moving).status).toBe(200);
    await sendRound();
    await stage.control('POST', '/settings', { latency_ms: 0 });
    for (const ref of refs) await stage.until(shop, ref, 'delivered', 'read');
    const texts = (await stage.taken(shop)).filter((m) => m.type === 'text').map((m) => [m.body.text.body, m.id]);
    expect(texts).toHaveLength(refs.length);
    expect(new Set(texts.map(([text]) => text)).size).toBe(refs.length);
    const over = texts.map(([, id]) => isCloud(id));
    expect([over.includes(false), over.includes(true)]).toEqual([true, true]);
    // Nothing was on its way while the number changed hands.
    const seen = (await stage.control('GET', `/calls?path=${shop.metaPhoneNumberId}`)).data as Json[];
    const seqs = (path: RegExp) => seen.filter((c) => path.test(c.path)).map((c) => c.seq as number);
    const [backup = 0] = seqs(/\/v1\/settings\/backup$/);
    const [registered = 0] = seqs(/\/register$/);
    expect(Math.max(...seqs(/\/v1\/messages$/))).toBeLessThan(backup);
    expect(Math.min(...seqs(/^\/\d+\/messages$/))).toBeGreaterThan(registered);
    // Each customer got what was for them in its order.
    for (const c of customers) {
      const theirs = texts.filter(([text]) => text.endsWith(c)).map(([text]) => Number(text.split(' ')[0].slice(1)));
      expect(theirs).toEqual([...theirs].sort((a, b) => a - b));
    }
  }, 300_000);

  it('still takes late callbacks of the old client, which settle what was in doubt', async () => {
    await stage.fault(shop, '/messages', { mode: 'drop' });
    const doubtful = await stage.send(shop, textTo(CUSTOMER, 'doubtful'));
    await stage.until(shop, doubtful, 'unknown');
    const known = await stage.send(shop, textTo(CUSTOMER, 'known'));
    await stage.until(shop, known, 'delivered', 'read');
    const { id: knownId } = (await stage.taken(shop)).at(-1) as Json;
    const { url } = (await stage.clientAtSandbox(shop)).settings.webhooks;
    expect((await move()).status).toBe(200);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const status = (id: string, word: string) => ({ id, status: word, timestamp, recipient_id: CUSTOMER });
    const statuses = [status('gBEGlate', 'sent'), status(knownId, 'read')];
    expect((await http('POST', url, { body: { statuses } })).status).toBe(200);
    await stage.until(shop, doubtful, 'sent');
    await stage.until(shop, known, 'read');
    // It was not sent over the Cloud API as well.
    expect((await idsTaken()).filter(isCloud)).toEqual([]);
  });

  it('takes no word of the old client for what went over the Cloud API, nor its price', async () => {
    await out('before');
    const { url } = (await stage.clientAtSandbox(shop)).settings.webhooks;
    expect((await move()).status).toBe(200);
    await stage.control('POST', '/faults', { path: `/${shop.metaPhoneNumberId}/messages`, mode: 'drop', count: 2 });
    const sale = templateTo(CUSTOMER, 'spring_sale');
    const [named, unnamed] = [await stage.send(shop, sale), await stage.send(shop, sale)];
    for (const ref of [named, unnamed]) await stage.until(shop, ref, 'unknown');
    await stage.database.owner.query(`UPDATE messages SET meta_message_id = 'wamid.known' WHERE message_id = $1`, [
      messageIdOf(named),
    ]);
    const status = (id: string, word: string) => ({
      id,
      status: word,
      timestamp: String(Math.floor(Date.now() / 1000)),
      recipient_id: CUSTOMER,
      pricing: { pricing_model: 'PMP', billable: false, type: 'free_customer_service', category: 'service' },
    });
    const forged = [
      { ...status('x', 'delivered'), biz_opaque_callback_data: callbackDataOf(messageIdOf(unnamed) as string) },
      status('wamid.known', 'delivered'),
      status('gBEGforged', 'sent'),
      status('gBEGforged', 'delivered'),
    ];
    for (const one of forged) expect((await http('POST', url, { body: { statuses: [one] } })).status).toBe(200);
    await stage.lookedAt(shop, 'waits for a message%', forged.length);
    for (const ref of [named, unnamed]) expect((await stage.read(shop, ref)).status).toBe('unknown');
    const { rows } = await stage.database.owner.query(
      'SELECT count(*)::int AS n FROM usage_facts WHERE message_id = ANY ($1)',
      [[messageIdOf(named), messageIdOf(unnamed)]],
    );
    expect(rows[0].n).toBe(0);
  });

  it('hears the old client for some days', async () => {
    const { url } = (await stage.clientAtSandbox(shop)).settings.webhooks;
    expect((await move()).status).toBe(200);
    const answer = async () => (await http('POST', url, { body: { statuses: [] } })).status;
    const movedAgo = (age: string) =>
      stage.database.owner.query(
        'UPDATE on_premises_clients SET state_at = now() - $2::interval WHERE tenant_id = $1',
        [shop.tenantId, age],
      );
    await movedAgo('2 days');
    expect(await answer()).toBe(200);
    await movedAgo('4 days');
    await eventually(async () => (await answer()) === 404);
  });

  it('brings its files along: they are uploaded anew, also what customers sent over the old client', async () => {
    const image = {
      mime_type: 'image/jpeg',
      base64: Buffer.from('\xff\xd8\xff\xe0 photo', 'latin1').toString('base64'),
    };
    await stage.write(shop, { type: 'image', image });
    const told = await eventually(async () => (await stage.told(shop)).find((v) => v.messages?.[0]?.image));
    const { id } = told.messages[0].image;
    const body = { messaging_product: 'whatsapp', to: CUSTOMER, type: 'image', image: { id } };
    await eventually(async () => {
      const { rows } = await stage.database.owner.query('SELECT sha256 FROM media WHERE media_id = $1', [id]);
      return rows[0]?.sha256;
    });
    await stage.until(shop, await stage.send(shop, body), 'delivered', 'read');
    expect((await move()).status).toBe(200);
    await stage.until(shop, await stage.send(shop, body), 'delivered', 'read');
    const images = (await stage.taken(shop)).filter((m) => m.type === 'image').map((m) => m.body.image.id);
    expect(images).toEqual([id, expect.stringMatching(/^\d+$/)]);
  });
});

describe('a move that fails', () => {
  it('because Meta refuses leaves the number with its client, which goes on sending', async () => {
    const answer = await move({ pin: '000000' });
    expect([answer.status >= 400, await state(), await platform()]).toEqual([true, 'active', 'ON_PREMISE']);
    await out('still here');
    expect((await idsTaken()).map(isCloud)).toEqual([false]);
  });

  it('because the client gives no backup leaves everything as it was', async () => {
    await stage.fault(shop, '/settings/backup', { mode: 'drop' });
    expect((await move()).body.error.code).toBe('client_unreachable');
    expect(await state()).toBe('active');
    await out('still here');
  });

  it('without Meta’s answer is found to have happened, by asking Meta', async () => {
    await stage.control('POST', '/faults', { path: `/${shop.metaPhoneNumberId}/register`, mode: 'drop_after_accept' });
    expect((await move()).status).toBe(200);
    expect([await state(), await platform()]).toEqual(['moved', 'CLOUD_API']);
    await out('after');
  });

  it('without any answer of Meta’s waits, sending nothing, until it is called again', async () => {
    const { metaPhoneNumberId: id } = shop;
    await stage.control('POST', '/faults', { path: `/${id}/register`, mode: 'drop_after_accept' });
    // Also what is asked before and after the registration has no answer.
    await stage.control('POST', '/faults', { path: `/${id}`, mode: 'drop', count: 50 });
    const answer = await move();
    expect([answer.status, await state()]).toEqual([503, 'moving']);
    const ref = await stage.send(shop, textTo(CUSTOMER, 'meanwhile'));
    expect((await stage.api(shop, 'PUT', '', stage.wish(shop))).status).toBe(409);
    expect((await stage.api(shop, 'DELETE', '')).status).toBe(409);
    expect((await stage.read(shop, ref)).status).toBe('accepted');
    await stage.control('DELETE', '/faults');
    expect((await move()).status).toBe(200);
    await stage.until(shop, ref, 'delivered', 'read');
    expect(await stage.taken(shop)).toHaveLength(1);
    expect((await move()).status).toBe(409);
  });

  it('is nobody else’s to begin', async () => {
    const stranger = { ...(await stage.merchant()), metaPhoneNumberId: shop.metaPhoneNumberId };
    expect((await stage.api(stranger, 'POST', '/move-to-cloud', PIN)).body.error.code).toBe('unknown_object');
    expect(await state()).toBe('active');
  });
});
