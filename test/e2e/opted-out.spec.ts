import { newId } from '#libs/ids';
import { eventually, http } from '../support/app.js';
import { runningStack } from '../support/stack.js';

/** What waits is due so long after it was accepted: whoever opts out meanwhile has done so by then. */
const DUE_MS = 60_000;
const PATIENT_MS = 180_000;
const SALE = { name: 'winter_sale', language: { code: 'en_US' } };
const NEWS = { name: 'winter_hours', language: { code: 'en_US' } };

const shop = () => runningStack().tenants[1];
const sandbox = (method: string, path: string, body?: unknown) =>
  http(method, `${runningStack().sandbox.url}/_sandbox${path}`, { body });
const gateway = (method: string, path: string, body?: unknown, headers = {}) =>
  http(method, `${runningStack().gateway.url}${path}`, { token: shop().apiKey, body, headers });
const engagement = (method: string, path: string, body?: unknown) =>
  http(method, `${runningStack().engagement.url}/api/v1${path}`, { token: shop().apiKey, body });

const template = (to: object, { name, language } = SALE) => ({
  messaging_product: 'whatsapp',
  ...to,
  type: 'template',
  template: { name, language },
});
const send = (to: object, which = SALE) =>
  gateway('POST', `/v24.0/${shop().phoneNumberId}/messages`, template(to, which));
const writes = (from: string, text: string) =>
  sandbox('POST', '/inbound', {
    phone_number_id: shop().phoneNumberId,
    from,
    message: { type: 'text', text: { body: text } },
  });
const standing = async (customer: string) =>
  (await engagement('GET', `/consents?customer=${encodeURIComponent(customer)}`)).body.standing[0]?.state;
/** Opts out by a word, and the house has heard it. */
const optsOut = async (customer: string, word = 'STOP') => {
  await writes(customer, word);
  await eventually(async () => (await standing(customer)) === 'withdrawn', PATIENT_MS);
};
/** What was handed to Meta for a customer, whatever Meta made of it. */
const calledFor = async (customer: string): Promise<{ type: string; template?: { name: string } }[]> => {
  const { body } = await sandbox('GET', `/calls?path=/${shop().phoneNumberId}/messages`);
  return body.data
    .map((call: { body?: { to?: string; recipient?: string } }) => call.body ?? {})
    .filter((body: { to?: string; recipient?: string }) =>
      [body.to?.replace('+', ''), body.recipient].includes(customer),
    );
};
const marketingFor = async (customer: string) =>
  (await calledFor(customer)).filter((c) => c.template?.name === SALE.name);
const messageOf = async (ref: string) => (await gateway('GET', `/api/v1/messages/${ref}`)).body;
const failedForRefusal = (ref: string) =>
  eventually(async () => {
    const { status, error } = await messageOf(ref);
    return status === 'failed' && JSON.stringify(error).includes('131050');
  }, PATIENT_MS);
const secondOf = (ms: number) => Math.floor(ms / 1_000);
const inAWhile = () => new Date(Date.now() + DUE_MS).toISOString();

/** Meta's ids of templates, by name. */
const ids = new Map<string, string>();
const decides = (name: string, decision: object) => sandbox('POST', `/templates/${ids.get(name)}`, decision);
const isKnownAs = (name: string, expected: object) =>
  eventually(async () => {
    const { body } = await gateway('GET', `/v24.0/${shop().wabaId}/message_templates?name=${name}`);
    return Object.entries(expected).every(([field, value]) => body.data[0]?.[field] === value);
  }, PATIENT_MS);

let customers = 5_215_530_000_000;
const aCustomer = () => String(++customers);
const campaignTo = async (customer: string, schedule?: object) => {
  const { body } = await engagement('POST', '/campaigns', {
    name: `Winter ${customer}`,
    phone_number_ids: [shop().phoneNumberId],
    audience: 'list',
    variants: [{ template: SALE.name, language: 'en_US' }],
    ...(schedule ? { schedule } : {}),
  });
  await engagement('POST', `/campaigns/${body.id}/recipients`, { recipients: [{ to: `+${customer}` }] });
  expect((await engagement('POST', `/campaigns/${body.id}/launch`)).status).toBe(200);
  return body.id as string;
};
const campaign = async (id: string) => (await engagement('GET', `/campaigns/${id}`)).body;
const refusedTheCampaign = async (id: string) => {
  await eventually(async () => (await campaign(id)).progress.refused === 1, PATIENT_MS);
  const { refusals } = (await engagement('GET', `/campaigns/${id}/report`)).body;
  expect(refusals).toMatchObject([{ cause: 'recipient_opted_out', messages: 1 }]);
};

beforeAll(async () => {
  for (const [{ name }, category] of [
    [SALE, 'MARKETING'],
    [NEWS, 'UTILITY'],
  ] as const) {
    const components = [{ type: 'BODY', text: 'Winter is here.' }];
    const made = await gateway('POST', `/v24.0/${shop().wabaId}/message_templates`, {
      name,
      language: 'en_US',
      category,
      components,
    });
    ids.set(name, made.body.id);
    await decides(name, { status: 'APPROVED' });
    await isKnownAs(name, { status: 'APPROVED', category });
  }
}, 2 * PATIENT_MS);

describe('a customer who opted out of marketing', () => {
  it.each([
    ['STOP', 'in English'],
    ['¡Baja!', 'in Spanish'],
    ['Sair', 'in Portuguese'],
  ])(
    'by "%s" %s is refused it, and nobody else is',
    async (word) => {
      const [customer, other] = [aCustomer(), aCustomer()];
      await optsOut(customer, word);
      expect((await send({ to: `+${customer}` })).body.error.code).toBe(131050);
      expect((await send({ to: `+${other}` })).status).toBe(200);
      await eventually(async () => (await marketingFor(other)).length === 1, PATIENT_MS);
      expect(await marketingFor(customer)).toEqual([]);
    },
    4 * PATIENT_MS,
  );

  it(
    'by Meta’s own switch is refused it before Meta is asked',
    async () => {
      const customer = aCustomer();
      await sandbox('POST', '/user_preferences', {
        phone_number_id: shop().phoneNumberId,
        from: customer,
        value: 'stop',
      });
      await eventually(async () => (await standing(customer)) === 'withdrawn', PATIENT_MS);
      expect((await send({ to: `+${customer}` })).body.error.code).toBe(131050);
      expect(await marketingFor(customer)).toEqual([]);
    },
    4 * PATIENT_MS,
  );

  it.each([
    ['Brazil, without the ninth digit', '551187650001', '+55 11 98765-0001'],
    ['Brazil, with it', '5511987650002', '+55 11 8765-0002'],
    ['Mexico, with its old 1', '5215512340003', '+52 55 1234 0003'],
    ['Mexico, without it', '525512340004', '+52 1 55 1234 0004'],
    ['Argentina, with its 9', '5491122330005', '+54 11 2233 0005'],
    ['Argentina, without it', '541122330006', '+54 9 11 2233-0006'],
  ])(
    'is the same customer in the other form of the number: %s',
    async (_, wrote, written) => {
      await optsOut(wrote);
      expect((await send({ to: written })).body.error.code).toBe(131050);
    },
    4 * PATIENT_MS,
  );

  it(
    'is the same customer by number and by user id, whichever they wrote under',
    async () => {
      const [number, userId] = [aCustomer(), 'MX.13491208655302741918'];
      const identifiers = [
        { kind: 'wa_id', value: number },
        { kind: 'user_id', value: userId },
      ];
      expect((await engagement('POST', '/contacts', { identifiers })).status).toBe(201);
      await optsOut(userId);
      expect((await send({ recipient: userId })).body.error.code).toBe(131050);
      expect((await send({ to: `+${number}` })).body.error.code).toBe(131050);
    },
    4 * PATIENT_MS,
  );

  it(
    'is refused it at every door, by campaigns, automations, bots and in the inbox',
    async () => {
      const customer = aCustomer();
      const to = { to: `+${customer}` };
      const recorded = await engagement('POST', '/consents', {
        customer: to.to,
        purpose: 'marketing',
        state: 'withdrawn',
      });
      expect(recorded.status).toBe(201);
      const { phoneNumberId, apiKey } = shop();

      const { messaging_product: _, ...old } = template(to);
      const d360 = { 'd360-api-key': apiKey };
      const doors = [
        await send(to),
        await gateway('POST', '/api/v1/messages', { phone_number_id: phoneNumberId, ...template(to) }),
        await gateway('POST', '/messages', template(to), d360),
        await gateway('POST', '/v1/messages', old, d360),
      ];
      for (const { status, body } of doors) {
        expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('opted out of marketing')]);
      }
      const batch = { phone_number_id: phoneNumberId, messages: [{ id: newId(new Date()), ...template(to) }] };
      expect((await gateway('POST', '/api/v1/messages/batches', batch)).body.data).toMatchObject([
        { status: 'refused', error: { reason: 'recipient_opted_out' } },
      ]);

      await refusedTheCampaign(await campaignTo(customer));

      const automation = await engagement('POST', '/automations', {
        name: 'Winter carts',
        phone_number_id: phoneNumberId,
        enabled: true,
        definition: { trigger: 'cart.left', steps: [{ send: { template: { name: SALE.name, language: 'en_US' } } }] },
      });
      const left = { id: 'cart-1', kind: 'cart.left', customer: { phone: to.to }, subject: 'cart-1' };
      expect((await engagement('POST', '/events', left)).status).toBeLessThan(300);
      await eventually(async () => {
        const { data } = (await engagement('GET', `/automations/${automation.body.id}/runs`)).body;
        return data[0]?.steps[0]?.reason === 'recipient_opted_out';
      }, PATIENT_MS);

      const bot = await engagement('POST', '/bots', {
        name: 'winter bot',
        flow: {
          triggers: [{ on: 'keyword', words: ['winter coats'] }],
          start: 'offer',
          steps: {
            offer: { do: 'send', message: { type: 'template', template: SALE }, next: 'bye' },
            bye: { do: 'say', text: 'That is all.' },
          },
        },
      });
      expect((await engagement('POST', `/bots/${bot.body.id}/publish`)).status).toBeLessThan(300);
      await writes(customer, 'Winter coats?');
      await eventually(async () => JSON.stringify(await calledFor(customer)).includes('That is all.'), PATIENT_MS);
      await engagement('PUT', `/bots/${bot.body.id}/live`, { version: null });

      const { data } = (await engagement('GET', '/inbox/conversations')).body;
      const { id } = data.find((c: { customer: string }) => c.customer === customer);
      const { messaging_product: __, ...offer } = template({});
      const answered = await engagement('POST', `/inbox/conversations/${id}/messages`, { message: offer });
      expect(answered).toMatchObject({ status: 422, body: { error: { code: 'recipient_opted_out' } } });
      expect((await engagement('POST', `/inbox/conversations/${id}/messages`, { text: 'As you wish.' })).status).toBe(
        201,
      );

      await eventually(async () => JSON.stringify(await calledFor(customer)).includes('As you wish.'), PATIENT_MS);
      expect(await marketingFor(customer)).toEqual([]);
    },
    4 * PATIENT_MS,
  );

  it(
    'is not reached by what was accepted, frozen or parked before',
    async () => {
      const [scheduled, frozen, parked] = [aCustomer(), aCustomer(), aCustomer()];
      const campaignId = await campaignTo(frozen, { at: inAWhile() });
      const later = await send({ to: `+${scheduled}`, send_at: inAWhile() });
      expect(later.status).toBe(200);
      await eventually(async () => (await campaign(campaignId)).state === 'running', PATIENT_MS);
      for (const customer of [scheduled, frozen]) await optsOut(customer, 'Baja');
      expect((await campaign(campaignId)).progress).toMatchObject({ waiting: 1, accepted: 0 });
      await failedForRefusal(later.body.messages[0].id);
      await refusedTheCampaign(campaignId);

      // Meta pauses the template while the message waits, and sends it again once the customer has opted out.
      const held = await send({ to: `+${parked}`, send_at: inAWhile() });
      await decides(SALE.name, { status: 'PAUSED' });
      const pausedIn = secondOf(Date.now());
      await isKnownAs(SALE.name, { status: 'PAUSED' });
      await eventually(async () => (await messageOf(held.body.messages[0].id)).status === 'parked', PATIENT_MS);
      await optsOut(parked, 'Baja');
      // Meta's times are whole seconds, and of two decisions in one second the pause counts.
      await eventually(async () => secondOf(Date.now()) > pausedIn);
      await decides(SALE.name, { status: 'APPROVED' });
      await failedForRefusal(held.body.messages[0].id);

      for (const customer of [scheduled, frozen, parked]) expect(await marketingFor(customer)).toEqual([]);
    },
    4 * PATIENT_MS,
  );

  it(
    'is not reached by a template that Meta made marketing of after the message was accepted',
    async () => {
      const customer = aCustomer();
      await optsOut(customer);
      const news = await send({ to: `+${customer}`, send_at: new Date(Date.now() + DUE_MS).toISOString() }, NEWS);
      expect(news.status).toBe(200);
      await decides(NEWS.name, { category: 'MARKETING' });
      await isKnownAs(NEWS.name, { category: 'MARKETING' });
      await failedForRefusal(news.body.messages[0].id);
      expect(await calledFor(customer)).toEqual([]);
    },
    4 * PATIENT_MS,
  );
});
