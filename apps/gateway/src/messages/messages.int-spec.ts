import { newId } from '#libs/ids';
import { messageIdOf, newMessageRef, Outbox } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphStandIn } from '../../../../test/support/graph-stand-in.js';

const CUSTOMER = '16505551234';
const DAY = 86_400_000;

const stage = new GatewayStage();
let database: TestDatabase;
let graph: GraphStandIn;
let gateway: RunningApp;
let shop: Merchant;
let other: Merchant;

beforeAll(async () => {
  ({ database, graph, gateway } = await stage.startWithoutWorker());
  shop = await aMerchant(gateway.app);
  other = await aMerchant(gateway.app);
  await customerWrote(database, shop, CUSTOMER);
});
afterAll(() => stage.stop());

const send = (body: unknown, more: { number?: string; token?: string; prefix?: string } = {}) =>
  http('POST', `${gateway.url}${more.prefix ?? '/v24.0'}/${more.number ?? shop.metaPhoneNumberId}/messages`, {
    token: more.token ?? shop.apiKey,
    body,
  });
const stored = async () => (await database.owner.query('SELECT count(*)::int AS n FROM messages')).rows[0].n as number;

describe('a message that is accepted', () => {
  it('is answered as Meta does, with an id of our own, and is stored', async () => {
    const before = await stored();
    const answer = await send(textTo('+1 (650) 555-1234', 'Hi', { biz_opaque_callback_data: 'order 4711' }));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        messaging_product: 'whatsapp',
        contacts: [{ input: '+1 (650) 555-1234', wa_id: CUSTOMER }],
        messages: [{ id: expect.stringMatching(/^wamid\./) }],
      },
    });
    expect(answer.body.messages[0].message_status).toBeUndefined();
    expect(await stored()).toBe(before + 1);
    const row = await gateway.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) =>
        gateway.app.get(Outbox).find(tx, shop.tenantId, messageIdOf(answer.body.messages[0].id) ?? ''),
      );
    expect(row).toMatchObject({ recipient: CUSTOMER, lane: 0, inWindow: true, clientData: 'order 4711' });
    expect(JSON.parse(row?.payload ?? '')).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: `+${CUSTOMER}`,
      type: 'text',
      text: { body: 'Hi' },
    });
  });

  it.each(['', '/v24.0', '/v19.0'])('may be sent to any version of the path: "%s"', async (prefix) => {
    expect((await send(textTo(CUSTOMER), { prefix })).status).toBe(200);
  });

  it('may carry its key wherever clients put it', async () => {
    for (const headers of [{ 'd360-api-key': shop.apiKey }, { 'x-api-key': shop.apiKey }]) {
      const url = `${gateway.url}/${shop.metaPhoneNumberId}/messages`;
      expect((await http('POST', url, { headers, body: textTo(CUSTOMER) })).status).toBe(200);
    }
    const url = `${gateway.url}/${shop.metaPhoneNumberId}/messages?access_token=${shop.apiKey}&unknown=1`;
    expect((await http('POST', url, { body: textTo(CUSTOMER) })).status).toBe(200);
  });

  it('may be a template to a customer who never wrote', async () => {
    const answer = await send(templateTo('+16505559999'));
    expect(answer.body.messages).toEqual([{ id: expect.any(String), message_status: 'accepted' }]);
  });

  it('keeps fields, and kinds of interactive messages, that we do not know', async () => {
    const interactive = { type: 'hologram', depth: 3 };
    const answer = await send({
      messaging_product: 'whatsapp',
      to: CUSTOMER,
      type: 'interactive',
      interactive,
      new_field: true,
    });
    expect(answer.status).toBe(200);
    const { rows } = await database.owner.query(`SELECT payload FROM messages WHERE payload->>'new_field' = 'true'`);
    expect(rows[0].payload).toMatchObject({ interactive, new_field: true });
  });

  it('may go to a group, whose id stands beside that of the message', async () => {
    await customerWrote(database, shop, 'R1JPVVBfMQ');
    const answer = await send(textTo('R1JPVVBfMQ', 'hi all', { recipient_type: 'group' }));
    expect(answer.body).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: 'R1JPVVBfMQ' }],
      messages: [{ id: expect.stringMatching(/^wamid\./), group_id: 'R1JPVVBfMQ' }],
    });
  });

  it.each([
    [
      'a carousel',
      [
        { type: 'BODY', text: 'Look' },
        { type: 'CAROUSEL', cards: [] },
      ],
      [],
      'a carousel',
    ],
    [
      'a place',
      [
        { type: 'header', format: 'location' },
        { type: 'BODY', text: 'Here' },
      ],
      [
        {
          type: 'header',
          parameters: [
            { type: 'location', location: { latitude: '1', longitude: '1', name: 'Shop', address: 'Here' } },
          ],
        },
      ],
      'format LOCATION',
    ],
  ])('may go to a group as a template of text or media, and not of %s', async (kind, components, given, says) => {
    const name = `group_${kind.replace(' ', '_')}`;
    await gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
      gateway.app.get(Templates).save(tx, shop.tenantId, {
        wabaId: shop.wabaId,
        metaTemplateId: newId(new Date()).replace(/\D/g, ''),
        name,
        language: 'en_US',
        category: 'UTILITY',
        status: 'APPROVED',
        at: new Date(),
        source: 'meta-answer',
        components,
      }),
    );
    const toGroup = (template: object) => send({ ...templateTo('R1JPVVBfMQ'), recipient_type: 'group', ...template });
    const before = await stored();
    const refused = await toGroup({ template: { name, language: { code: 'en_US' }, components: given } });
    expect(refused.body.error).toMatchObject({
      code: 131009,
      error_data: { details: expect.stringContaining(says) },
    });
    expect(await stored()).toBe(before);
    expect((await toGroup({})).status).toBe(200);
  });

  it('is committed together with those of other tenants without mixing them', async () => {
    await customerWrote(database, other, CUSTOMER);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        i % 2
          ? send(textTo(CUSTOMER, `mixed ${i}`))
          : send(textTo(CUSTOMER, `mixed ${i}`), { number: other.metaPhoneNumberId, token: other.apiKey }),
      ),
    );
    expect(answers.map((a) => a.status)).toEqual(answers.map(() => 200));
    const { rows } = await database.owner.query(
      `SELECT tenant_id, payload->'text'->>'body' AS body FROM messages WHERE payload->'text'->>'body' LIKE 'mixed %'`,
    );
    expect(rows).toHaveLength(40);
    for (const row of rows) {
      expect(row.tenant_id).toBe(Number(row.body.slice(6)) % 2 ? shop.tenantId : other.tenantId);
    }
  });
});

describe('a refusal', () => {
  const envelope = (code: number, subcode?: number) => ({
    error: {
      message: expect.stringContaining(`(#${code})`),
      type: 'OAuthException',
      code,
      ...(subcode ? { error_subcode: subcode } : {}),
      error_data: { messaging_product: 'whatsapp', details: expect.any(String) },
      fbtrace_id: expect.any(String),
    },
  });
  const body = textTo(CUSTOMER);
  const list = (rows: number) => ({
    messaging_product: 'whatsapp',
    to: CUSTOMER,
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'Choose' },
      action: {
        button: 'Menu',
        sections: [{ title: 'All', rows: Array.from({ length: rows }, (_, i) => ({ id: `${i}`, title: `Row ${i}` })) }],
      },
    },
  });

  const reactionTo = (message_id: string) => ({
    messaging_product: 'whatsapp',
    to: CUSTOMER,
    type: 'reaction',
    reaction: { message_id, emoji: '👍' },
  });
  const refOf = async (given: unknown) => (await send(given)).body.messages[0].id as string;
  const oldRef = async () => {
    const ref = newMessageRef(newId(new Date(Date.now() - 31 * DAY)));
    await database.owner.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at)
       VALUES ($1, $2, $3, $4, 'text', '{}', 0, true, 'read', now(), now(), now()) ON CONFLICT DO NOTHING`,
      [shop.tenantId, messageIdOf(ref), shop.phoneNumberId, CUSTOMER],
    );
    return ref;
  };
  const code = templateTo(CUSTOMER, 'login_code', []);
  const aCodeTemplate = () =>
    gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
      gateway.app.get(Templates).save(tx, shop.tenantId, {
        wabaId: shop.wabaId,
        metaTemplateId: `code-of-${shop.metaWabaId}`,
        name: 'login_code',
        language: 'en_US',
        category: 'AUTHENTICATION',
        status: 'APPROVED',
        at: new Date(),
        source: 'meta-answer',
        components: [{ type: 'BODY', text: 'Your code is on its way.' }],
      }),
    );
  const aPaper = async () => {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('file', new Blob(['Menu: tea'], { type: 'text/plain' }), 'menu.txt');
    const headers = { authorization: `Bearer ${shop.apiKey}` };
    const up = await fetch(`${gateway.url}/${shop.metaPhoneNumberId}/media`, { method: 'POST', headers, body: form });
    return ((await up.json()) as { id: string }).id;
  };

  it.each<[string, number, number, () => ReturnType<typeof send>]>([
    ['a missing key', 401, 190, () => http('POST', `${gateway.url}/1/messages`, { body })],
    ['a wrong key', 401, 190, () => send(body, { token: 'paloma_wrong_wrong_wrong_wrong' })],
    ['malformed JSON', 400, 100, () => send('{"messaging_product":')],
    ['a body that is no object', 400, 100, () => send('[1]')],
    ['a body of 5 MB', 413, 100, () => send(textTo(CUSTOMER, 'x'.repeat(5_000_000)))],
    [
      'an unknown path',
      404,
      100,
      () => http('POST', `${gateway.url}/v24.0/1/nothing/here`, { token: shop.apiKey, body }),
    ],
    ['another product', 400, 100, () => send({ ...body, messaging_product: 'telegram' })],
    ['no recipient', 400, 131008, () => send({ ...body, to: undefined })],
    ['a recipient that is no number', 400, 131009, () => send({ ...body, to: 'grandma' })],
    ['a text without a body', 400, 131008, () => send({ ...body, text: {} })],
    ['a type that Meta does not have', 400, 100, () => send({ ...body, type: 'hologram', hologram: {} })],
    ['a text that is too long', 400, 100, () => send(textTo(CUSTOMER, 'x'.repeat(4_097)))],
    ['an image from nowhere', 400, 131008, () => send({ ...body, type: 'image', image: { caption: 'x' } })],
    ['a list of eleven rows', 400, 131009, () => send(list(11))],
    ['an unknown template', 404, 132001, () => send(templateTo(CUSTOMER, 'no_such_template'))],
    ['a parameter too few', 400, 132000, () => send(templateTo(CUSTOMER, 'order_update', []))],
    ['a closed window', 400, 131047, () => send(textTo('+16505550000'))],
  ])('of %s leaves in Meta’s envelope, and nothing is stored', async (_, status, code, ask) => {
    const before = await stored();
    const answer = await ask();
    expect(answer.body).toEqual(envelope(code));
    expect(answer.status).toBe(status);
    expect(answer.body.error.fbtrace_id).toBe(answer.headers.get('x-request-id'));
    expect(await stored()).toBe(before);
  });

  it('of a reaction says why its target cannot have one', async () => {
    const target = await refOf(textTo(CUSTOMER, 'like it?'));
    const reaction = await refOf(reactionTo(target));
    const onReaction = await send(reactionTo(reaction));
    expect([onReaction.status, onReaction.body]).toEqual([400, envelope(131009)]);
    expect(onReaction.body.error.error_data.details).toContain('itself a reaction');
    const onOld = await send(reactionTo(await oldRef()));
    expect([onOld.status, onOld.body]).toEqual([400, envelope(131009)]);
    expect(onOld.body.error.error_data.details).toContain('last 30 days');
    expect((await send(reactionTo('wamid.HBgLUnknownHere'))).status).toBe(200);
  });

  it('of a one-time code to a user id asks for the number', async () => {
    await aCodeTemplate();
    const { to: _, ...rest } = code;
    const answer = await send({ ...rest, recipient: 'US.13491208655302741918' });
    expect([answer.status, answer.body]).toEqual([400, envelope(131062)]);
    expect((await send(code)).status).toBe(200);
  });

  it('of a file sent as what it is not says what it is', async () => {
    const id = await aPaper();
    const sentAs = (type: string) => send({ messaging_product: 'whatsapp', to: CUSTOMER, type, [type]: { id } });
    const answer = await sentAs('image');
    expect([answer.status, answer.body]).toEqual([400, envelope(131053)]);
    expect(answer.body.error.error_data.details).toMatch(/image\.id: is a file of type text\/plain/);
    expect((await sentAs('document')).status).toBe(200);
  });

  it('of another tenant’s number is the same as of a missing one', async () => {
    const theirs = await send(body, { number: other.metaPhoneNumberId });
    const missing = await send(body, { number: '10000000000000' });
    expect(theirs.status).toBe(missing.status);
    expect(theirs.body).toEqual(envelope(100, 33));
    const strip = (text: string, id: string) => text.replaceAll(id, 'ID');
    expect(strip(theirs.body.error.error_data.details, other.metaPhoneNumberId)).toBe(
      strip(missing.body.error.error_data.details, '10000000000000'),
    );
  });

  it('of a closed window says when it ended', async () => {
    await customerWrote(database, shop, '16505557777', DAY + 60_000);
    const answer = await send(textTo('16505557777'));
    expect(answer.body.error.error_data.details).toMatch(/ended at \d{4}-\d\d-\d\dT.*template/);
  });

  it('of a number that is not connected names its state', async () => {
    const pending = await aMerchant(gateway.app, { status: 'PENDING' });
    const answer = await send(templateTo(CUSTOMER), { number: pending.metaPhoneNumberId, token: pending.apiKey });
    expect(answer.body).toEqual(envelope(133010));
    expect(answer.body.error.error_data.details).toContain('PENDING');
  });

  it('of a suspended tenant is said before anything is stored', async () => {
    const suspended = await aMerchant(gateway.app);
    await database.owner.query(`UPDATE tenants SET status = 'suspended' WHERE tenant_id = $1`, [suspended.tenantId]);
    const answer = await send(templateTo(CUSTOMER), { number: suspended.metaPhoneNumberId, token: suspended.apiKey });
    expect([answer.status, answer.body]).toEqual([403, envelope(131031)]);
  });

  it('of a paused template is Meta’s own', async () => {
    await database.owner.query(`UPDATE templates SET status = 'paused' WHERE tenant_id = $1 AND name = 'spring_sale'`, [
      shop.tenantId,
    ]);
    expect((await send(templateTo(CUSTOMER, 'spring_sale'))).body).toEqual(envelope(132015));
  });

  it('leaves in our own envelope on native paths', async () => {
    const answer = await http('GET', `${gateway.url}/api/v1/messages/no-such`, { token: shop.apiKey });
    expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
    expect((await http('GET', `${gateway.url}/api/v1/messages`)).body.error.code).toBe('invalid_token');
  });
});

describe('reading a message', () => {
  const refOfSent = async (given: unknown) => (await send(given)).body.messages[0].id as string;

  it('and sending one are in the document of the API', async () => {
    const { paths } = (await http('GET', `${gateway.url}/openapi.json`)).body;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/{phoneNumberId}/messages', '/{wabaId}/message_templates', '/api/v1/messages/{id}']),
    );
  });

  it('shows it to its tenant with its history, and to nobody else', async () => {
    const { body } = await send(textTo(CUSTOMER, 'to be read'));
    const ref = body.messages[0].id as string;
    const mine = await http('GET', `${gateway.url}/api/v1/messages/${ref}`, { token: shop.apiKey });
    expect(mine.body).toMatchObject({
      ref,
      phone_number_id: shop.metaPhoneNumberId,
      status: 'accepted',
      history: [{ kind: 'accepted' }],
    });
    expect((await http('GET', `${gateway.url}/api/v1/messages/${mine.body.id}`, { token: shop.apiKey })).status).toBe(
      200,
    );
    expect((await http('GET', `${gateway.url}/api/v1/messages/${ref}`, { token: other.apiKey })).status).toBe(404);
  });

  it('finds by recipient, state, type, category, own data and time; of several filters all must fit', async () => {
    await customerWrote(database, shop, '16505553333');
    const data = { biz_opaque_callback_data: 'campaign-7' };
    const text = await refOfSent(textTo('16505553333', 'found', data));
    const template = await refOfSent({ ...templateTo('16505553333'), ...data });
    const found = async (query: string) => {
      const { body } = await http('GET', `${gateway.url}/api/v1/messages?${query}`, { token: shop.apiKey });
      return body.data.map((m: { ref: string }) => m.ref);
    };
    expect(await found('to=%2B16505553333')).toEqual([template, text]);
    expect(await found('biz_opaque_callback_data=campaign-7')).toEqual([template, text]);
    expect(await found('biz_opaque_callback_data=campaign')).toEqual([]);
    expect(await found('biz_opaque_callback_data=campaign-7&category=utility')).toEqual([template]);
    expect(await found('to=16505553333&type=text&status=accepted')).toEqual([text]);
    expect(await found(`to=16505553333&phone_number_id=${shop.metaPhoneNumberId}&status=failed`)).toEqual([]);
    const [before, after] = [-60_000, 60_000].map((ms) => new Date(Date.now() + ms).toISOString());
    expect(await found(`to=16505553333&from=${before}&until=${after}`)).toEqual([template, text]);
    expect(await found(`to=16505553333&until=${before}`)).toEqual([]);
    expect(await found(`to=16505553333&from=${after}`)).toEqual([]);
    for (const wrong of ['from=yesterday', 'status=lost', 'limit=201', 'cursor=x', 'type=hologram']) {
      const answer = await http('GET', `${gateway.url}/api/v1/messages?${wrong}`, { token: shop.apiKey });
      expect([wrong, answer.status]).toEqual([wrong, 400]);
    }
  });

  it('says why one failed: Meta’s code, title and details, and what can be done', async () => {
    const ref = await refOfSent(textTo(CUSTOMER, 'to fail'));
    const error = { code: 131026, title: 'Message undeliverable', error_data: { details: 'Not on WhatsApp.' } };
    await gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
      gateway.app.get(Outbox).applyStatus(tx, shop.tenantId, {
        messageId: messageIdOf(ref) as string,
        status: 'failed',
        at: new Date(),
        errors: [error],
        raw: { status: 'failed', errors: [error] },
      }),
    );
    const { body } = await http('GET', `${gateway.url}/api/v1/messages/${ref}`, { token: shop.apiKey });
    const explained = {
      code: 131026,
      title: 'Message undeliverable',
      details: 'Not on WhatsApp.',
      meaning: expect.any(String),
      advice: expect.stringMatching(/./),
      fault: 'recipient',
      retry: 'never',
    };
    expect(body.error).toEqual(explained);
    expect(body.history.at(-1)).toMatchObject({ kind: 'failed', source: 'meta', error: explained });
    expect(body.history.map((step: { kind: string }) => step.kind)).toEqual(['accepted', 'failed']);
  });

  it('lists in pages, the newest first', async () => {
    const all: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const url: string = `${gateway.url}/api/v1/messages?to=${CUSTOMER}&limit=7${next ? `&cursor=${next}` : ''}`;
      const page: { data: { id: string }[]; next: string | null } = (await http('GET', url, { token: shop.apiKey }))
        .body;
      all.push(...page.data.map((m) => m.id));
      next = page.next;
    }
    expect(all.length).toBeGreaterThan(7);
    expect(all).toEqual([...new Set(all)].sort().reverse());
  });
});

describe('a read receipt', () => {
  it('goes straight to Meta, with the typing indicator, and is not a message', async () => {
    graph.answer = () => ({ body: { success: true } });
    const before = await stored();
    const receipt = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: 'wamid.HBgLFromMeta',
      typing_indicator: { type: 'text' },
    };
    expect((await send(receipt)).body).toEqual({ success: true });
    expect(graph.calls.at(-1)).toMatchObject({
      path: `/${shop.metaPhoneNumberId}/messages`,
      token: `token-of-${shop.metaWabaId}`,
      body: receipt,
    });
    graph.answer = () => graph.refused(131009);
    expect((await send(receipt)).body.error).toMatchObject({ code: 131009, fbtrace_id: expect.any(String) });
    expect(await stored()).toBe(before);
  });
});
