import { Harness } from '../../testing/harness.js';

const ADA = '+15550002222';
const WA_ID = '15550002222';
const DAY = 86_400_000;
const harness = new Harness();
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(() => harness.fresh());

const codeOf = async (answer: ReturnType<Harness['send']>) => (await answer).body.error?.code;

describe('sending', () => {
  it('reports sent, delivered and read, with the callback data and a price on the first two', async () => {
    const sent = await harness.sendTemplate(ADA, 'order_update', ['Ada', '42'], {
      biz_opaque_callback_data: 'order-42',
    });
    expect(sent.body).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: ADA, wa_id: WA_ID }],
      messages: [{ id: expect.stringMatching(/^wamid\./), message_status: 'accepted' }],
    });
    const { id } = sent.body.messages[0];
    await harness.advance(5_000);
    const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' };
    const common = {
      id,
      recipient_id: WA_ID,
      biz_opaque_callback_data: 'order-42',
      timestamp: expect.stringMatching(/^\d{10}$/),
    };
    expect(await harness.receiver.messageStatus(id, 'sent')).toEqual({ ...common, status: 'sent', pricing });
    expect(await harness.receiver.messageStatus(id, 'delivered')).toEqual({ ...common, status: 'delivered', pricing });
    expect(await harness.receiver.messageStatus(id, 'read')).toEqual({ ...common, status: 'read' });
    const { body } = await harness.control(
      'GET',
      `/messages?phone_number_id=${harness.number.id}&to=${encodeURIComponent(ADA)}`,
    );
    expect(body.data).toMatchObject([{ id, status: 'read', biz_opaque_callback_data: 'order-42', to: WA_ID }]);
  });

  it('keeps to its delays', async () => {
    await harness.control('POST', '/settings', {
      sent_after_ms: 3_600_000,
      delivered_after_ms: 7_200_000,
      read_after_ms: 3_600_000,
    });
    const id = (await harness.sendTemplate(ADA)).body.messages[0].id;
    const status = async () => (await harness.control('GET', '/messages')).body.data[0].status;
    expect(await status()).toBe('accepted');
    await harness.advance(3_600_000);
    expect(await status()).toBe('sent');
    await harness.advance(3_600_000);
    expect(await status()).toBe('delivered');
    await harness.advance(3_600_000);
    expect(await status()).toBe('read');
    await harness.receiver.messageStatus(id, 'read');
  });

  it('accepts free-form outside the window and fails it later; inside it is free', async () => {
    const outside = (await harness.sendText(ADA)).body.messages[0].id;
    await harness.advance(1_000);
    expect(await harness.receiver.messageStatus(outside, 'failed')).toMatchObject({
      errors: [{ code: 131047, title: 'Re-engagement message' }],
    });

    await harness.customerWrites(WA_ID);
    const inside = (await harness.sendText(ADA)).body.messages[0].id;
    await harness.advance(1_000);
    expect(await harness.receiver.messageStatus(inside, 'delivered')).toMatchObject({
      pricing: { type: 'free_customer_service', category: 'service' },
    });

    await harness.advance(DAY);
    const after = (await harness.sendText(ADA)).body.messages[0].id;
    await harness.advance(1_000);
    expect(await harness.receiver.messageStatus(after, 'failed')).toMatchObject({ errors: [{ code: 131047 }] });
  });

  it('is free for a customer who came from an ad, after they were answered', async () => {
    await harness.control('POST', '/inbound', {
      phone_number_id: harness.number.id,
      from: WA_ID,
      message: { type: 'text', text: { body: 'More info?' }, referral: { source_type: 'ad', source_id: '1' } },
    });
    await harness.sendText(ADA);
    await harness.advance(2 * DAY);
    const id = (await harness.sendTemplate(ADA)).body.messages[0].id;
    await harness.advance(1_000);
    expect(await harness.receiver.messageStatus(id, 'sent')).toMatchObject({
      pricing: { billable: false, type: 'free_entry_point', category: 'referral_conversion' },
      conversation: {
        id: expect.any(String),
        expiration_timestamp: expect.any(String),
        origin: { type: 'referral_conversion' },
      },
    });
  });

  it('is held to the state of the template', async () => {
    const template = (await harness.template('promo', 'UTILITY', 'Hi.')).id;
    const decide = (decision: object) => harness.control('POST', `/templates/${template}`, decision);
    const send = () => harness.sendTemplate(ADA, 'promo', []);
    expect((await send()).status).toBe(200);
    await decide({ status: 'PAUSED' });
    expect(await codeOf(send())).toBe(132015);
    await harness.advance(3 * 3_600_000);
    expect((await send()).status).toBe(200);
    await decide({ status: 'DISABLED' });
    expect(await codeOf(send())).toBe(132016);
    await decide({ status: 'REJECTED' });
    expect(await send()).toMatchObject({ status: 404, body: { error: { code: 132001 } } });
    expect(await codeOf(harness.sendTemplate(ADA, 'order_update', ['one']))).toBe(132000);
    expect(
      await codeOf(
        harness.send({ to: ADA, type: 'template', template: { name: 'order_update', language: { code: 'de' } } }),
      ),
    ).toBe(132001);
  });

  it('is held to the tier of the portfolio, for customers outside a window only', async () => {
    await harness.control('POST', `/portfolios/${harness.waba.business_id}`, { messaging_limit: 'TIER_50' });
    for (let i = 0; i < 50; i++) expect((await harness.sendTemplate(`+1555000${3000 + i}`)).status).toBe(200);
    expect(await codeOf(harness.sendTemplate(ADA))).toBe(131048);
    expect((await harness.sendTemplate('+15550003000')).status).toBe(200);
    await harness.customerWrites(WA_ID);
    expect((await harness.sendTemplate(ADA)).status).toBe(200);
    await harness.advance(DAY);
    expect((await harness.sendTemplate('+15550009999')).status).toBe(200);
    expect(await harness.receiver.change('business_capability_update')).toMatchObject({
      max_daily_conversations_per_business: 'TIER_50',
    });
  });

  it('is held to 45 messages at once to one customer', async () => {
    await harness.customerWrites(WA_ID);
    const answers = await harness.inOneMoment(() =>
      Promise.all(Array.from({ length: 50 }, () => harness.sendText(ADA))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(45);
    expect(answers.find(({ status }) => status !== 200)!.body.error.code).toBe(131056);
    await harness.advance(6_000);
    expect((await harness.sendText(ADA)).status).toBe(200);
  });

  it('is held to the messages a second of the number', async () => {
    await harness.control('POST', `/portfolios/${harness.waba.business_id}`, { messaging_limit: 'TIER_UNLIMITED' });
    await harness.inOneMoment(async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => harness.sendTemplate(`+1555000${4000 + i}`)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(84);
      expect(answers.filter(({ body }) => body.error?.code === 130429)).toHaveLength(16);
      await harness.control('POST', `/phone_numbers/${harness.number.id}`, { throughput: 'HIGH' });
      expect((await harness.sendTemplate('+15550005000')).status).toBe(200);
    });
  });

  it('charges the thousand-and-first service message of a month', async () => {
    const deliver = async () => {
      const { id } = (await harness.sendText(ADA)).body.messages[0];
      await harness.advance(1_000);
      return (await harness.receiver.messageStatus(id, 'delivered')).pricing;
    };
    await harness.control('POST', '/clock', { now: '2026-11-10T10:00:00Z' });
    const number = harness.sandbox.meta.world.get('phone_number', harness.number.id)!;
    number.serviceDelivered = { month: '2026-11', count: 999 };
    await harness.customerWrites(WA_ID);
    expect(await deliver()).toMatchObject({ billable: false, type: 'free_customer_service', category: 'service' });
    expect(await deliver()).toMatchObject({ billable: true, type: 'regular', category: 'service' });
    await harness.control('POST', '/clock', { now: '2026-12-01T00:00:00Z' });
    await harness.customerWrites(WA_ID);
    expect(await deliver()).toMatchObject({ type: 'free_customer_service' });
  });

  it('marks messages read and shows typing', async () => {
    const { id } = (await harness.customerWrites(WA_ID)).body;
    const receipt = { status: 'read', message_id: id, typing_indicator: { type: 'text' } };
    expect((await harness.send(receipt)).body).toEqual({ success: true });
    expect(await codeOf(harness.send({ status: 'read' }))).toBe(100);
  });

  it('reaches a customer by business-scoped id, except with a code', async () => {
    const recipient = 'US.90000000000000000001';
    await harness.control('POST', '/inbound', {
      phone_number_id: harness.number.id,
      from: recipient,
      message: { type: 'text', text: { body: 'hi' } },
    });
    const answer = await harness.send({ recipient, type: 'text', text: { body: 'hi' } });
    expect(answer.body.contacts).toEqual([{ input: recipient, user_id: recipient }]);
    await harness.advance(1_000);
    expect(await harness.receiver.messageStatus(answer.body.messages[0].id, 'sent')).toMatchObject({
      recipient_user_id: recipient,
    });
    await harness.control('POST', '/templates', {
      waba_id: harness.waba.id,
      name: 'login_code',
      category: 'AUTHENTICATION',
      components: [{ type: 'BODY' }],
    });
    const template = {
      name: 'login_code',
      language: { code: 'en_US' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: '123456' }] }],
    };
    expect(await codeOf(harness.send({ recipient, type: 'template', template }))).toBe(131062);
  });

  it('puts the business number’s country code before a number without plus', async () => {
    const answer = await harness.sendTemplate('(555) 000-2222');
    expect(answer.body.contacts).toEqual([{ input: '(555) 000-2222', wa_id: WA_ID }]);
  });

  it('fails marketing to a customer who stopped it, until they resume', async () => {
    await harness.template('sale', 'MARKETING', 'Spring sale.');
    const prefer = (value: string) =>
      harness.control('POST', '/user_preferences', { phone_number_id: harness.number.id, from: WA_ID, value });
    await prefer('stop');
    const stopped = (await harness.sendTemplate(ADA, 'sale', [])).body.messages[0].id;
    await harness.advance(1_000);
    expect(await harness.receiver.messageStatus(stopped, 'failed')).toMatchObject({ errors: [{ code: 131050 }] });
    await prefer('resume');
    const resumed = (await harness.sendTemplate(ADA, 'sale', [])).body.messages[0].id;
    await harness.advance(1_000);
    await harness.receiver.messageStatus(resumed, 'delivered');
  });

  it('takes marketing templates, and nothing else, as optimized marketing messages', async () => {
    await harness.template('sale', 'MARKETING', 'Spring sale.');
    const send = (more: object) =>
      harness.graph('POST', `/${harness.number.id}/marketing_messages`, {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: ADA,
        ...more,
      });
    const template = (name: string, values: string[] = []) => ({
      type: 'template',
      template: {
        name,
        language: { code: 'en_US' },
        ...(values.length > 0 && {
          components: [{ type: 'body', parameters: values.map((text) => ({ type: 'text', text })) }],
        }),
      },
    });
    expect(await codeOf(send({ type: 'text', text: { body: 'Hi' } }))).toBe(131055);
    expect(await codeOf(send(template('order_update', ['Ada', '42'])))).toBe(134100);
    expect(await codeOf(send({ ...template('sale'), product_policy: 'MAYBE' }))).toBe(100);
    const sent = await send({ ...template('sale'), product_policy: 'STRICT', message_activity_sharing: true });
    const { id } = sent.body.messages[0];
    await harness.advance(5_000);
    expect(await harness.receiver.messageStatus(id, 'delivered')).toMatchObject({
      pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'marketing_lite' },
    });
  });
});

describe('media', () => {
  const upload = async (type: string, bytes: string) => {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', type);
    form.set('file', new Blob([bytes], { type }), 'a.file');
    const response = await fetch(`${harness.sandbox.url}/v23.0/${harness.number.id}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${harness.token}` },
      body: form,
    });
    return { status: response.status, body: (await response.json()) as { id: string; error?: { code: number } } };
  };
  const download = (url: string) => fetch(url, { headers: { authorization: `Bearer ${harness.token}` } });

  it('is uploaded, sent, fetched under a short-lived address and deleted', async () => {
    const { id } = (await upload('image/png', 'pixels')).body;
    const { body } = await harness.graph('GET', `/${id}`);
    expect(body).toMatchObject({ messaging_product: 'whatsapp', mime_type: 'image/png', file_size: 6, id });
    expect(await (await download(body.url)).text()).toBe('pixels');
    expect((await fetch(body.url)).status).toBe(401);
    expect((await harness.send({ to: ADA, type: 'image', image: { id } })).status).toBe(200);
    await harness.advance(5 * 60_000);
    expect((await download(body.url)).status).toBe(404);
    expect((await harness.graph('DELETE', `/${id}`)).body).toEqual({ success: true });
    expect(await codeOf(harness.send({ to: ADA, type: 'image', image: { id } }))).toBe(131009);
  });

  it('is refused when Meta would not take it', async () => {
    expect(await upload('application/zip', 'x')).toMatchObject({ status: 400, body: { error: { code: 100 } } });
    expect(await upload('image/webp', 'x'.repeat(600 * 1024))).toMatchObject({
      status: 400,
      body: { error: { code: 100 } },
    });
  });

  it('is forgotten after 30 days, and after 7 when a customer sent it', async () => {
    const { id } = (await upload('text/plain', 'x')).body;
    const message = {
      type: 'image',
      image: { mime_type: 'image/png', base64: Buffer.from('pixels').toString('base64') },
    };
    await harness.control('POST', '/inbound', { phone_number_id: harness.number.id, from: WA_ID, message });
    const inbound = (await harness.receiver.change('messages', (value) => value.messages)).messages[0].image.id;
    const { url } = (await harness.graph('GET', `/${inbound}`)).body;
    expect(await (await download(url)).text()).toBe('pixels');
    await harness.advance(7 * DAY);
    expect((await harness.graph('GET', `/${inbound}`)).status).toBe(400);
    expect((await harness.graph('GET', `/${id}`)).status).toBe(200);
    await harness.advance(23 * DAY);
    expect((await harness.graph('GET', `/${id}`)).status).toBe(400);
  });
});
