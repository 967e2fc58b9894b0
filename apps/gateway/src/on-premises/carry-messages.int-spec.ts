import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, http } from '../../../../test/support/app.js';
import { customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { CUSTOMER, type Json, OnPremisesStage } from '../../../../test/support/on-premises.js';

const stage = new OnPremisesStage();
let shop: Merchant;

beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(async () => {
  shop = await stage.merchant();
});
afterEach(() => stage.control('DELETE', '/faults'));

const folder = join(import.meta.dirname, '../../../sandbox/fixtures/messages');
/** Messages of every type but those that name templates and products which only their author has. */
const SAMPLES = readdirSync(folder)
  .filter((name) => !name.startsWith('template_'))
  .map((name) => [name.replace('.json', ''), JSON.parse(readFileSync(join(folder, name), 'utf8')) as Json] as const)
  .filter(([, body]) => body.status === undefined);

const jpeg = () => Buffer.concat([Buffer.from('\xff\xd8\xff\xe0\x00\x10JFIF\x00', 'latin1'), randomBytes(2_000)]);

async function upload(of: Merchant, bytes = jpeg()): Promise<string> {
  const form = new FormData();
  form.set('messaging_product', 'whatsapp');
  form.set('file', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'photo.jpg');
  const url = `${stage.gateway.url}/${of.metaPhoneNumberId}/media`;
  const answer = await fetch(url, { method: 'POST', body: form, headers: { authorization: `Bearer ${of.apiKey}` } });
  return ((await answer.json()) as { id: string }).id;
}
const imageOf = (id: string) => ({ messaging_product: 'whatsapp', to: CUSTOMER, type: 'image', image: { id } });
const kinds = (message: Json) => message.history.map((e: Json) => e.kind);
/** What went out, as the customer would see it. */
const content = ({ body, type }: Json) => [type, body[type]];

describe('the same call of a tenant, over the Cloud API and over an On-Premises client', () => {
  let cloud: Merchant;
  let photos: Map<Merchant, string>;
  beforeEach(async () => {
    cloud = await stage.merchant();
    await stage.onPremises(shop);
    photos = new Map([
      [cloud, await upload(cloud)],
      [shop, await upload(shop)],
    ]);
  });

  /** What the tenant is answered, how it ends, and what reached WhatsApp. */
  async function outcomeOf(of: Merchant, sample: Json): Promise<unknown> {
    const earlier = await stage.send(of, textTo(CUSTOMER, 'earlier'));
    await stage.until(of, earlier, 'delivered', 'read');
    const body: Json = structuredClone(sample);
    if (body.recipient === undefined && body.recipient_type !== 'group') body.to = CUSTOMER;
    const media = body[body.type];
    if (media?.id) media.id = photos.get(of);
    if (body.context) body.context.message_id = earlier;
    if (body.reaction) body.reaction.message_id = earlier;
    const { status, body: answer } = await stage.sendRaw(of, body);
    if (status !== 200) return [status, answer.error.code];
    const ref = answer.messages[0].id;
    const ended = await stage.until(of, ref, 'sent', 'delivered', 'read', 'failed');
    const went = (await stage.taken(of)).filter((m) => m.type !== 'text' || m.body.text?.body !== 'earlier');
    return [200, ended.status === 'failed' ? ended.error.code : 'out', went.map(comparable)];
  }
  /** Ids of files and messages differ from one way to the other. */
  const comparable = (message: Json) =>
    JSON.stringify(content(message))
      .replace(/"(id|message_id)":"[^"]{10,}"/g, '"$1":""')
      .replaceAll(shop.metaPhoneNumberId, 'NUMBER')
      .replaceAll(cloud.metaPhoneNumberId, 'NUMBER');

  // A business-scoped id is all that the Cloud API needs; the old one knows phone numbers only (131062).
  it.each(SAMPLES.filter(([name]) => name !== 'bsuid_text'))('comes to the same: %s', async (_, sample) => {
    expect(await outcomeOf(shop, sample)).toEqual(await outcomeOf(cloud, sample));
  });

  it('comes to the same: a template, with its namespace on the way', async () => {
    const of = [shop, cloud];
    const refs = await Promise.all(of.map((m) => stage.send(m, templateTo(CUSTOMER))));
    await Promise.all(of.map((m, i) => stage.until(m, refs[i] as string, 'delivered', 'read')));
    const [old, fresh] = await Promise.all(of.map(async (m) => (await stage.taken(m))[0] as Json));
    expect(old?.body.template).toEqual({
      ...fresh?.body.template,
      namespace: expect.any(String),
      language: { policy: 'deterministic', code: 'en_US' },
    });
  });

  it('differs where a customer is named by an id that the old API does not know', async () => {
    const { to: _, ...rest } = textTo(CUSTOMER);
    const body = { ...rest, recipient: 'US.13491208655302741918' };
    await customerWrote(stage.database, shop, body.recipient);
    const message = await stage.until(shop, await stage.send(shop, body), 'failed');
    expect(message.error).toMatchObject({ code: 131062 });
  });

  it('has its statuses told alike, with our id and the tenant’s own callback data', async () => {
    for (const one of [shop, cloud]) {
      const ref = await stage.send(one, textTo(CUSTOMER, 'Hi', { biz_opaque_callback_data: 'order 7' }));
      const told = await eventually(async () => {
        const values = (await stage.told(one)).filter((v) => v.statuses?.[0]?.id === ref);
        return values.length >= 3 && values;
      });
      expect(told.map((v) => v.statuses[0].status).sort()).toEqual(['delivered', 'read', 'sent']);
      for (const { statuses, ...beside } of told) {
        expect(beside).toMatchObject({
          messaging_product: 'whatsapp',
          metadata: { phone_number_id: one.metaPhoneNumberId },
        });
        expect(statuses[0]).toMatchObject({ recipient_id: CUSTOMER, biz_opaque_callback_data: 'order 7' });
        expect(statuses[0]).not.toHaveProperty('type');
      }
    }
    const facts = await stage.database.owner.query(
      'SELECT count(*)::int AS n FROM usage_facts WHERE tenant_id = ANY ($1)',
      [[shop.tenantId, cloud.tenantId]],
    );
    expect(facts.rows[0].n).toBe(2);
  });
});

describe('a tenant whose account at Meta we have no access to', () => {
  it('sends and receives over its client all the same, also in the words of 360dialog', async () => {
    await stage.onPremises(shop);
    await stage.database.owner.query('UPDATE wabas SET sealed_token = NULL WHERE tenant_id = $1', [shop.tenantId]);
    await stage.until(shop, await stage.send(shop, textTo(CUSTOMER)), 'delivered', 'read');
    const answer = await http('POST', `${stage.gateway.url}/v1/messages`, {
      headers: { 'd360-api-key': shop.apiKey },
      body: { to: CUSTOMER, type: 'text', text: { body: 'old words' } },
    });
    expect(answer.status).toBe(201);
    await stage.until(shop, answer.body.messages[0].id, 'delivered', 'read');
    expect((await stage.taken(shop)).at(-1)?.body.text).toEqual({ body: 'old words' });
  });
});

describe('what a customer writes to a number on an On-Premises client', () => {
  beforeEach(() => stage.onPremises(shop));

  it('is told to the tenant in Meta’s shape, and can be marked as read', async () => {
    const { id } = await stage.write(shop, { type: 'text', text: { body: 'Is it ready?' } });
    const value = await eventually(async () => (await stage.told(shop)).find((v) => v.messages?.[0]?.id === id));
    expect(value).toMatchObject({
      messaging_product: 'whatsapp',
      metadata: { phone_number_id: shop.metaPhoneNumberId },
      contacts: [{ wa_id: CUSTOMER, profile: { name: expect.any(String) } }],
      messages: [{ from: CUSTOMER, type: 'text', text: { body: 'Is it ready?' } }],
    });
    const read = { messaging_product: 'whatsapp', status: 'read', message_id: id, typing_indicator: { type: 'text' } };
    expect((await stage.sendRaw(shop, read)).body).toEqual({ success: true });
  });

  it('and stops marketing is heeded at once, also by what was scheduled before', async () => {
    const sale = templateTo(CUSTOMER, 'spring_sale');
    const scheduled = await stage.send(shop, { ...sale, send_at: new Date(Date.now() + 3_600_000).toISOString() });
    const { id } = await stage.write(shop, { type: 'text', text: { body: 'Baja' } });
    await eventually(async () => (await stage.told(shop)).some((v) => v.messages?.[0]?.id === id));
    expect((await stage.sendRaw(shop, sale)).body.error).toMatchObject({ code: 131050 });
    await stage.database.owner.query('UPDATE messages SET not_before = now() WHERE tenant_id = $1', [shop.tenantId]);
    const { error } = await stage.until(shop, scheduled, 'failed');
    expect(error).toMatchObject({ code: 131050 });
    expect((await stage.taken(shop)).filter((m) => m.type === 'template')).toEqual([]);
  });

  it('names the message that it answers by the id that the tenant knows', async () => {
    const ref = await stage.send(shop, textTo(CUSTOMER, 'Which size?'));
    await stage.until(shop, ref, 'delivered', 'read');
    const metaId = (await stage.taken(shop)).at(-1)?.id;
    await stage.write(shop, { type: 'text', text: { body: 'M' }, context: { id: metaId } });
    await eventually(async () => (await stage.told(shop)).some((v) => v.messages?.[0]?.context?.id === ref));
  });

  it('may be a file: it is copied from the client, served to the tenant, and can be sent on', async () => {
    const bytes = jpeg();
    const image = { mime_type: 'image/jpeg', base64: bytes.toString('base64') };
    await stage.write(shop, { type: 'image', image });
    const told = await eventually(async () => (await stage.told(shop)).find((v) => v.messages?.[0]?.image));
    const { id } = told.messages[0].image;
    expect(told.messages[0].image).not.toHaveProperty('file');
    await eventually(async () => {
      const { rows } = await stage.database.owner.query('SELECT sha256 FROM media WHERE media_id = $1', [id]);
      return rows[0]?.sha256;
    });
    const shown = await http('GET', `${stage.gateway.url}/${id}`, { token: shop.apiKey });
    const file = await fetch(shown.body.url);
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
    await stage.until(shop, await stage.send(shop, imageOf(id)), 'delivered', 'read');
    expect((await stage.taken(shop)).at(-1)?.body.image).toEqual({ id });
  });
});

describe('a file of the tenant', () => {
  beforeEach(() => stage.onPremises(shop));

  it('is given to the client once, however often it is sent, and again when the client has lost it', async () => {
    const id = await upload(shop);
    const out = async () => stage.until(shop, await stage.send(shop, imageOf(id)), 'delivered', 'read');
    await out();
    await out();
    const client = stage.sandbox.meta.onPremises.client(stage.nameOf(shop));
    expect(client.media.size).toBe(1);
    client.media.clear();
    expect(kinds(await out()).filter((k: string) => k === 'sending')).toHaveLength(1);
    expect(client.media.size).toBe(1);
  });
});

describe('a token of the client', () => {
  it('that ends while messages go out is made anew, once for all, and no message suffers', async () => {
    await stage.onPremises(shop);
    await stage.until(shop, await stage.send(shop, textTo(CUSTOMER)), 'delivered', 'read');
    const before = (await stage.callsOf(shop, '/users/login')).length;
    // A week and a day later, at the client; our own clock still believes in the token.
    await stage.control('POST', '/clock', { advance_ms: 8 * 86_400_000 });
    await stage.write(shop, { type: 'text', text: { body: 'Still there?' } });
    const refs = await Promise.all(Array.from({ length: 30 }, (_, i) => stage.send(shop, textTo(CUSTOMER, `m${i}`))));
    for (const ref of refs) {
      const message = await stage.until(shop, ref, 'submitted', 'sent', 'delivered', 'read');
      expect(kinds(message)).not.toContain('postponed');
      expect(kinds(message)).not.toContain('unknown');
    }
    const logins = (await stage.callsOf(shop, '/users/login')).length - before;
    // One in the worker that sends; the gateway's own looks may make another.
    expect(logins).toBeGreaterThan(0);
    expect(logins).toBeLessThanOrEqual(2);
    expect((await stage.taken(shop)).map((m) => m.body.text.body).filter((b) => b.startsWith('m'))).toHaveLength(30);
  });
});

describe('a client that is down', () => {
  beforeEach(() => stage.onPremises(shop));

  it('keeps messages waiting, in their order, and gets each once when it is back', async () => {
    await stage.fault(shop, '/messages', { mode: 'error', http_status: 503, count: 2 });
    const refs: string[] = [];
    for (let i = 0; i < 5; i++) refs.push(await stage.send(shop, textTo(CUSTOMER, `m${i}`)));
    for (const ref of refs) await stage.until(shop, ref, 'delivered', 'read');
    expect((await stage.taken(shop)).map((m) => m.body.text.body)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  });

  it('and cannot be reached at all leaves no doubt: nothing was sent, and it goes when it can be reached', async () => {
    await stage.spoil(shop, 'url', 'http://127.0.0.1:1');
    const ref = await stage.send(shop, textTo(CUSTOMER));
    const message = await eventually(async () => {
      const seen = await stage.read(shop, ref);
      return kinds(seen).includes('postponed') && seen.status === 'accepted' && seen;
    }, 60_000);
    expect(kinds(message)).not.toContain('unknown');
    await stage.onPremises(shop);
    await stage.until(shop, ref, 'delivered', 'read');
  });

  it('or refuses our password is left alone, and the messages wait for a person', async () => {
    await stage.spoil(shop, 'user_name', 'nobody');
    const ref = await stage.send(shop, textTo(CUSTOMER));
    const message = await eventually(async () => {
      const seen = await stage.read(shop, ref);
      return kinds(seen).includes('postponed') && seen.status === 'accepted' && seen;
    }, 60_000);
    expect(await stage.taken(shop)).toEqual([]);
    const postponed = message.history.find((e: Json) => e.kind === 'postponed');
    expect(postponed.detail.error).toMatchObject({ code: 131005 });
  });
});

describe('a client before v2.39', () => {
  it('is asked for each customer once before the first message', async () => {
    await stage.onPremises(shop, { check_contacts: true });
    const refs = await Promise.all(Array.from({ length: 5 }, (_, i) => stage.send(shop, textTo(CUSTOMER, `m${i}`))));
    for (const ref of refs) await stage.until(shop, ref, 'delivered', 'read');
    expect((await stage.callsOf(shop, '/contacts')).map((c) => c.body.contacts)).toEqual([[`+${CUSTOMER}`]]);
  });
});
