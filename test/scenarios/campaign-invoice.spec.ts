import { jest } from '@jest/globals';
import { CLOCK, type Clock } from '#libs/clock';
import { signBody } from '#libs/meta-cloud';
import { add, parseDecimal, trim, ZERO } from '#libs/money';
import { BillingModule } from '../../apps/billing/src/billing.module.js';
import { BillingWorkerModule } from '../../apps/billing/src/billing-worker.module.js';
import { EngagementModule } from '../../apps/engagement/src/engagement.module.js';
import { EngagementWorkerModule } from '../../apps/engagement/src/engagement-worker.module.js';
import { type StaffMember, staffMember } from '../fixtures/billing/staff.js';
import { eventually, http, type RunningApp, startApp } from '../support/app.js';
import { aMerchant, type Merchant } from '../support/gateway.js';
import { GatewayStage } from '../support/gateway-stage.js';

/** Of four countries with prices of their own. */
const NUMBERS = [
  ...Array.from({ length: 9 }, (_, i) => `+5215512340${100 + i}`),
  ...Array.from({ length: 7 }, (_, i) => `+34612340${100 + i}`),
  ...Array.from({ length: 5 }, (_, i) => `+5511912340${100 + i}`),
  ...Array.from({ length: 4 }, (_, i) => `+1650555${1_000 + i}`),
];
const CATEGORIES: Readonly<Record<string, string>> = { spring_sale: 'marketing', order_update: 'utility' };
const WITHIN_MS = 60_000;

/** A message as Meta took it. */
interface Taken {
  id: string;
  to: string;
  callbackData: string;
  template: string;
}

describe('a campaign of which every message is delivered', () => {
  const stage = new GatewayStage();
  const apps: Record<string, RunningApp> = {};
  const taken: Taken[] = [];
  let shop: Merchant;
  let staff: StaffMember;

  beforeAll(async () => {
    await stage.start();
    stage.graph.answer = ({ body }) => {
      const answer = stage.graph.taken() as { body: { messages: [{ id: string }] } };
      const { to, biz_opaque_callback_data: callbackData, template } = body;
      taken.push({ id: answer.body.messages[0].id, to, callbackData, template: template.name });
      return answer;
    };
    const { environment } = stage;
    apps.billing = await startApp(BillingModule, environment, { name: 'billing', describe: 'Billing.' });
    apps.billingWorker = await startApp(BillingWorkerModule, environment);
    const reach = { ...environment, GATEWAY_URL: stage.gateway.url, BILLING_URL: apps.billing.url };
    apps.engagement = await startApp(EngagementModule, reach, { name: 'engagement', describe: 'Engagement.' });
    apps.engagementWorker = await startApp(EngagementWorkerModule, reach);
    shop = await aMerchant(stage.gateway.app);
    staff = await staffMember(stage.database, environment, 'billing');
    await billed();
  });
  afterAll(async () => {
    for (const app of Object.values(apps).reverse()) await app.close();
    await stage.stop();
  });

  const asStaff = async (method: string, path: string, body: object) => {
    const url = `${apps.billing?.url}/admin/v1${path}`;
    const answer = await http(method, url, { token: staff.token, body: { ...body, reason: 'scenario' } });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const asShop = async (app: string, method: string, path: string, body?: object) =>
    (await http(method, `${apps[app]?.url}/api/v1${path}`, { token: shop.apiKey, body })).body;

  /**
   * A plan with percentages, a fee on each message, a fee of the month, and tax. It includes no messages: which ones an
   * allowance makes free shows when they are delivered, in the order in which they are.
   */
  const billed = async () => {
    const taxes = [{ country: 'ES', name: 'IVA', pct: '21', from: '2012-09-01' }];
    await asStaff('PUT', '/legal-entities/main', {
      name: 'Palomar Servicios, S.L.',
      address: 'Calle Mayor 1\n28013 Madrid',
      country: 'ES',
      tax_id: 'B12345678',
      payment_details: 'IBAN ES00 0000',
      taxes,
      invoice_prefix: 'F-',
      credit_prefix: 'A-',
    });
    await asStaff('PUT', `/tenants/${shop.tenantId}/billing-profile`, {
      legal_name: 'Tienda Luna, S.A.',
      address: 'Gran Vía 2, Madrid',
      country: 'ES',
      tax_id: 'A87654321',
      language: 'es',
      timezone: 'America/New_York',
      legal_entity: 'main',
    });
    await asStaff('POST', '/plans/campaigns/versions', {
      terms: {
        currency: 'USD',
        markup_pct: '12.5',
        markup_pct_by_category: { marketing: '7.3' },
        fee_per_message: { outbound: '0.0031' },
        monthly_fee: { tenant: '49' },
      },
    });
    // Put on the plan for the whole month; through the API a plan begins today at the earliest.
    await stage.database.owner.query(
      `INSERT INTO tenant_plans
       SELECT $1, gen_random_uuid(), date_trunc('month', now() AT TIME ZONE 'America/New_York'), 'campaigns', 1, 'test', now()`,
      [shop.tenantId],
    );
  };

  /** Meta tells of a delivery, with its price. */
  const deliver = async ({ id, to, callbackData, template }: Taken, at: number) => {
    const told = {
      id,
      recipient_id: to.replace(/\D/g, ''),
      biz_opaque_callback_data: callbackData,
      timestamp: String(at),
      pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: CATEGORIES[template] },
    };
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: shop.metaWabaId,
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { phone_number_id: shop.metaPhoneNumberId },
                statuses: ['sent', 'delivered'].map((status) => ({ ...told, status })),
              },
            },
          ],
        },
      ],
    });
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signBody(body, 'test-app-secret') };
    expect((await fetch(`${stage.gateway.url}/meta/webhooks`, { method: 'POST', body, headers })).status).toBe(200);
  };

  it('is invoiced at the price of its preview, to the last fraction, beside fees and tax', async () => {
    const variant = (template: string, name: string) => ({
      name,
      template,
      language: 'en_US',
      components: [{ type: 'body', parameters: [{ type: 'text', text: '{{name|friend}}' }] }],
    });
    const { id } = await asShop('engagement', 'POST', '/campaigns', {
      name: 'To all',
      phone_number_ids: [shop.metaPhoneNumberId],
      audience: 'list',
      variants: [variant('spring_sale', 'A'), variant('order_update', 'B')],
    });
    const recipients = NUMBERS.map((to) => ({ to }));
    await asShop('engagement', 'POST', `/campaigns/${id}/recipients`, { recipients });
    const { price } = await asShop('engagement', 'POST', `/campaigns/${id}/preview`);
    expect(price).toMatchObject({ unpriced: 0, totals: [{ currency: 'USD' }] });
    expect(new Set(price.lines.map((l: Line) => l.market)).size).toBe(4);

    await asShop('engagement', 'POST', `/campaigns/${id}/launch`);
    await eventually(async () => taken.length === NUMBERS.length, WITHIN_MS);
    const at = Math.floor(Date.now() / 1_000);
    for (const one of taken) await deliver(one, at);
    const month = new Date(at * 1_000).toLocaleDateString('sv', { timeZone: 'America/New_York' }).slice(0, 7);
    await eventually(async () => {
      const { lines = [] } = await asShop('billing', 'GET', `/invoices/${month}`);
      const charged = lines.reduce((n: number, l: Line) => n + Number(l.quantity), 0);
      return charged >= NUMBERS.length;
    }, WITHIN_MS);
    await eventually(async () => {
      const { progress } = await asShop('engagement', 'GET', `/campaigns/${id}`);
      return progress.delivered === NUMBERS.length;
    }, WITHIN_MS);

    // A month is invoiced when it is over.
    const clock: Clock = (apps.billing as RunningApp).app.get(CLOCK);
    const later = jest.spyOn(clock, 'now').mockReturnValue(new Date((at + 40 * 86_400) * 1_000));
    const { data } = await asStaff('POST', `/tenants/${shop.tenantId}/invoices`, { month });
    later.mockRestore();
    expect(data).toHaveLength(1);
    const document = await asShop('billing', 'GET', `/issued-invoices/${data[0].id}`);
    const messages = document.lines.filter((l: Line) => l.item === 'messages');
    expect(sums(messages)).toEqual(sums(price.lines));
    const total = messages.map((l: Line) => parseDecimal(l.amount)).reduce(add, ZERO);
    expect(trim(total)).toEqual(trim(parseDecimal(price.totals[0].amount)));
    expect(document).toMatchObject({ currency: 'USD', tax: { kind: 'domestic', pct: '21' } });
    expect(document.lines).toContainEqual(expect.objectContaining({ item: 'tenant_fee', amount: '49' }));
  }, 240_000);
});

interface Line {
  item?: string;
  market: string;
  category: string;
  quantity: number | string;
  amount: string;
}

/** How many messages of a market and category, and what they cost. */
function sums(lines: readonly Line[]): Record<string, { messages: number; amount: object }> {
  const found: Record<string, { messages: number; amount: object }> = {};
  for (const { market, category } of lines) {
    const alike = lines.filter((l) => l.market === market && l.category === category);
    found[`${market} ${category}`] = {
      messages: alike.reduce((n, l) => n + Number(l.quantity), 0),
      amount: trim(alike.map((l) => parseDecimal(l.amount)).reduce(add, ZERO)),
    };
  }
  return found;
}
