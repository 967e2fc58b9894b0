import { breaksChannel, metaError } from '#libs/error-catalogue';
import { CloudTransport, GraphClient } from '#libs/meta-cloud';
import { OnPremisesClient, OnPremisesTransport } from '#libs/meta-on-premises';
import { Harness, type Json } from '../../../apps/sandbox/testing/harness.js';
import type { MessageTransport } from './message-transport.js';
import { TransportRefusal, TransportUnreachable } from './transport-failure.js';

const harness = new Harness();
const PASSWORD = 'New-Passw0rd';
const open: { close(): Promise<void> }[] = [];

function overCloud(url = harness.sandbox.url, token = harness.token): MessageTransport {
  const graph = new GraphClient({ url, version: 'v24.0' });
  open.push(graph);
  return new CloudTransport(graph, { metaPhoneNumberId: harness.number.id, token });
}

function overOnPremises(url = `${harness.sandbox.url}/on-premises/shop`, password = PASSWORD): MessageTransport {
  const clock = { now: () => new Date(harness.sandbox.meta.world.now()) };
  const client = new OnPremisesClient({ url, user: 'admin', password, clock });
  open.push(client);
  return new OnPremisesTransport(client, {
    templateNamespace: harness.sandbox.meta.world.get('waba', harness.waba.id)!.namespace,
  });
}

const message = (more: Json) => JSON.stringify({ messaging_product: 'whatsapp', to: '+15550002222', ...more });
const text = message({ type: 'text', text: { body: 'hi' }, biz_opaque_callback_data: 'ours' });
const template = (name: string, values: string[]) =>
  message({
    type: 'template',
    template: {
      name,
      language: { code: 'en_US' },
      components: [{ type: 'body', parameters: values.map((value) => ({ type: 'text', text: value })) }],
    },
  });
const thrownBy = (call: Promise<unknown>) =>
  call.then(
    () => 'nothing',
    (error: unknown) => error,
  );

beforeAll(() => harness.start());
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
  await harness.stop();
});

describe.each([
  ['the Cloud API', overCloud, () => overCloud(undefined, 'none'), () => overCloud('http://127.0.0.1:1')],
  [
    'an On-Premises client',
    overOnPremises,
    () => overOnPremises(undefined, 'Wr0ng-password'),
    () => overOnPremises('http://127.0.0.1:1'),
  ],
])('a tenant whose number is on %s', (way, transport, withoutAccess, withoutNetwork) => {
  let carrier: MessageTransport;
  beforeEach(async () => {
    await harness.fresh();
    if (way !== 'the Cloud API') {
      await harness.control('POST', '/on_premises/shop', { phone_number_id: harness.number.id });
      const basic = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
      const body = { new_password: PASSWORD };
      await harness.http('POST', '/on-premises/shop/v1/users/login', body, { authorization: basic });
    }
    carrier = transport();
  });
  const sent = async () => (await harness.control('GET', `/messages?phone_number_id=${harness.number.id}`)).body;

  it('sends with the same body and learns the id of the message', async () => {
    const answers = [await carrier.send(text), await carrier.send(template('order_update', ['Ada', '42']))];
    const { data } = await sent();
    expect(data.map((one: Json) => [one.id, one.to, one.type])).toEqual([
      [answers[0]?.metaMessageId, '15550002222', 'text'],
      [answers[1]?.metaMessageId, '15550002222', 'template'],
    ]);
  });

  it.each([
    ['a template that does not exist', template('nothing', []), 132001],
    ['too few parameters', template('order_update', ['Ada']), 132000],
    ['too many messages in a second', text, 130429],
  ])('is refused with the same code for %s', async (_, body, code) => {
    if (code === 130429) await harness.control('POST', '/faults', { path: '/messages', mode: 'error', code });
    const thrown = await thrownBy(carrier.send(body));
    expect(thrown).toBeInstanceOf(TransportRefusal);
    expect(thrown).toMatchObject({
      code,
      error: {
        code,
        message: expect.stringContaining(`#${code}`),
        error_data: { details: expect.stringMatching(/\w/) },
      },
    });
    expect((await sent()).total).toBe(0);
  });

  it('knows whether a message may have gone out although no answer came', async () => {
    await harness.control('POST', '/faults', { path: '/messages', mode: 'drop_after_accept' });
    expect(await thrownBy(carrier.send(text))).toMatchObject({ sent: true });
    expect((await sent()).total).toBe(1);
    const thrown = await thrownBy(withoutNetwork().send(text));
    expect(thrown).toBeInstanceOf(TransportUnreachable);
    expect(thrown).toMatchObject({ sent: false });
  });

  it('is told apart from a message refused when it is our access that is refused', async () => {
    const thrown = await thrownBy(withoutAccess().send(text));
    expect(thrown).toBeInstanceOf(TransportRefusal);
    expect(breaksChannel(metaError((thrown as TransportRefusal).code))).toBe(true);
  });

  it('marks as read, with the typing indicator where there is one', async () => {
    const { id } = (await harness.customerWrites('15550002222')).body;
    const receipt = { status: 'read', message_id: id, typing_indicator: { type: 'text' } } as const;
    expect(await carrier.markRead(receipt)).toEqual({ success: true });
  });
});

describe('a tenant whom Meta asks to slow down', () => {
  it('is told for how long, where Meta says so', async () => {
    await harness.fresh();
    for (const retry_after of [90, undefined]) {
      await harness.control('POST', '/faults', { path: '/messages', mode: 'error', http_status: 429, retry_after });
      expect(await thrownBy(overCloud().send(text))).toMatchObject({ code: 130429, retryAfterSeconds: retry_after });
    }
  });
});

describe('a marketing template', () => {
  it("goes to Meta's path for it when it says its policy, and to the other when only a text speaks of one", async () => {
    await harness.fresh();
    await harness.template('sale', 'MARKETING', '{{1}}');
    const sale = (value: string, more: Json = {}) =>
      JSON.stringify({ ...JSON.parse(template('sale', [value])), ...more });
    const optimized = await overCloud().send(sale('Now', { product_policy: 'STRICT' }));
    const plain = await overCloud().send(sale('"product_policy":"STRICT"'));
    await harness.advance(5_000);
    for (const [{ metaMessageId }, category] of [
      [optimized, 'marketing_lite'],
      [plain, 'marketing'],
    ] as const) {
      expect(await harness.receiver.messageStatus(metaMessageId as string, 'sent')).toMatchObject({
        pricing: { category },
      });
    }
  });
});

describe('a number that moves from an On-Premises client to the Cloud API', () => {
  it('refuses on the way what only one of them could keep', async () => {
    await harness.fresh();
    const body = JSON.stringify({
      messaging_product: 'whatsapp',
      recipient: 'US.1',
      type: 'text',
      text: { body: 'x' },
    });
    expect(await thrownBy(overOnPremises().send(body))).toMatchObject({
      code: 131062,
      httpStatus: 400,
      error: { error_data: { details: expect.stringContaining('recipient') } },
    });
    expect(await overCloud().send(body)).toEqual({ metaMessageId: expect.stringMatching(/^wamid\./) });
  });
});
