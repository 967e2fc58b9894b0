import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotSignedError } from './payment-provider.js';
import { Stripe } from './stripe.js';

const NOW = 1_795_000_000;
const [TENANT, TOPUP] = ['01a20540-89b5-736e-9246-f68037a3dff5', '01a20540-8cf8-7584-8c81-00366155ec77'];
const sign = (body: string, secret = 'whsec_new', at = NOW) =>
  `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
const event = (type: string, more: object = {}) =>
  JSON.stringify({
    type,
    data: {
      object: {
        id: 'cs_1',
        client_reference_id: `${TENANT}_${TOPUP}`,
        amount_total: 10_050,
        currency: 'usd',
        payment_status: 'paid',
        ...more,
      },
    },
  });

describe("Stripe's webhook", () => {
  const stripe = new Stripe({ url: 'http://127.0.0.1:1', key: 'sk', secrets: ['whsec_new', 'whsec_old'] });
  const read = (body: string, signature: string | undefined = sign(body)) =>
    stripe.read(Buffer.from(body), signature, NOW);

  it('says what was paid, signed with the new secret or the old one', async () => {
    const body = event('checkout.session.completed');
    const expected = {
      tenantId: TENANT,
      topupId: TOPUP,
      reference: 'cs_1',
      became: 'paid',
      amount: '100.50',
      currency: 'USD',
    };
    expect(await read(body)).toEqual(expected);
    expect(await read(body, `${sign(body, 'whsec_old')},v0=00`)).toEqual(expected);
    expect(await read(event('checkout.session.completed', { currency: 'clp' }))).toMatchObject({ amount: '10050' });
    expect(await read(event('checkout.session.completed', { currency: 'ugx' }))).toMatchObject({ amount: '100.50' });
  });

  it.each([
    ['nothing', undefined],
    ['another secret', sign(event('checkout.session.completed'), 'whsec_wrong')],
    ['a body that was changed', sign(event('checkout.session.completed', { amount_total: 1 }))],
    ['an old signature that is played again', sign(event('checkout.session.completed'), 'whsec_new', NOW - 301)],
    ['words', 't=now,v1=zz'],
  ])('is refused with %s', (_, signature) => {
    const body = event('checkout.session.completed');
    return expect(stripe.read(Buffer.from(body), signature, NOW)).rejects.toThrow(NotSignedError);
  });

  it('is about nothing of ours, or nothing yet, for other events', async () => {
    expect(await read(event('invoice.paid'))).toBeUndefined();
    expect(await read(event('checkout.session.completed', { payment_status: 'unpaid' }))).toBeUndefined();
    expect(await read(event('checkout.session.completed', { client_reference_id: null }))).toBeUndefined();
    expect(await read(event('checkout.session.expired', { payment_status: 'unpaid' }))).toMatchObject({
      became: 'failed',
    });
  });
});

describe("what a payer's bank asks back", () => {
  const dispute = (status: string, charge: unknown = { metadata: { paloma_topup: `${TENANT}_${TOPUP}` } }) =>
    JSON.stringify({
      type: 'charge.dispute.updated',
      created: NOW - 60,
      data: { object: { id: 'du_1', charge, amount: 2_500, currency: 'usd', reason: 'fraudulent', status } },
    });
  const stripe = new Stripe({ url: 'http://127.0.0.1:1', key: 'sk', secrets: ['whsec_new'] });
  const read = (body: string) => stripe.read(Buffer.from(body), sign(body), NOW);

  it.each([
    ['needs_response', 'open'],
    ['under_review', 'open'],
    ['won', 'won'],
    ['lost', 'lost'],
    ['warning_needs_response', 'inquiry'],
    ['warning_closed', 'dropped'],
    ['a word of next year', 'inquiry'],
  ])('is, at %s, %s', async (status, stage) => {
    expect(await read(dispute(status))).toEqual({
      tenantId: TENANT,
      topupId: TOPUP,
      reference: 'du_1',
      became: 'disputed',
      stage,
      amount: '25.00',
      currency: 'USD',
      reason: 'fraudulent',
      toldAt: new Date((NOW - 60) * 1_000),
    });
  });

  it('is told again when Stripe cannot be asked whose charge it is, and is none of ours when the charge is not', async () => {
    await expect(read(dispute('lost', 'ch_1'))).rejects.toMatchObject({ status: 503 });
    expect(await read(dispute('lost', { metadata: { paloma_topup: 'order_17' } }))).toBeUndefined();
  });
});

describe('a payment that begins', () => {
  it('asks Stripe once for a top-up, in its smallest unit, and refuses what the currency cannot hold', async () => {
    const asked: { headers: unknown; form: Record<string, string> }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        asked.push({ headers: request.headers, form: Object.fromEntries(new URLSearchParams(body)) });
        response.setHeader('content-type', 'application/json');
        if (body.includes('=jpy')) response.statusCode = 400;
        response.end(
          JSON.stringify(body.includes('=jpy') ? { error: { message: 'no yen' } } : { id: 'cs_9', url: 'https://pay' }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const stripe = new Stripe({ url: `http://127.0.0.1:${port}`, key: 'sk_test', secrets: [] });
    const checkout = {
      tenantId: 't',
      topupId: 'u',
      amount: '100.50',
      currency: 'USD',
      returnUrl: 'https://shop.example',
    };
    expect(await stripe.begin(checkout)).toEqual({ reference: 'cs_9', url: 'https://pay' });
    expect(asked[0]).toMatchObject({
      headers: { authorization: 'Bearer sk_test', 'idempotency-key': 'u' },
      form: {
        client_reference_id: 't_u',
        'payment_intent_data[metadata][paloma_topup]': 't_u',
        'line_items[0][price_data][unit_amount]': '10050',
        'line_items[0][price_data][currency]': 'usd',
      },
    });
    const unitsOf = async (amount: string, currency: string) => {
      await stripe.begin({ ...checkout, amount, currency });
      return asked.at(-1)?.form['line_items[0][price_data][unit_amount]'];
    };
    expect(await unitsOf('5000', 'CLP')).toBe('5000');
    expect(await unitsOf('5000', 'UGX')).toBe('500000');
    expect(await unitsOf('5000.00', 'ISK')).toBe('500000');
    expect(await unitsOf('5.25', 'KWD')).toBe('5250');
    for (const [amount, currency] of [
      ['5000.5', 'UGX'],
      ['5.255', 'KWD'],
      ['1.5', 'CLP'],
    ] as const) {
      await expect(stripe.begin({ ...checkout, amount, currency })).rejects.toMatchObject({ status: 400 });
    }
    await expect(stripe.begin({ ...checkout, amount: '1.005' })).rejects.toMatchObject({ status: 400 });
    await expect(stripe.begin({ ...checkout, currency: 'JPY', amount: '10' })).rejects.toMatchObject({
      details: expect.stringContaining('no yen'),
    });
    server.close();
    await expect(stripe.begin(checkout)).rejects.toMatchObject({ status: 503 });
  });
});
