import { randomInt } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { Tenants } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import type { TestDatabase } from './database.js';

/** A tenant with a live number and approved templates, made through the record libs of a running app. */
export interface Merchant {
  tenantId: string;
  apiKey: string;
  wabaId: string;
  phoneNumberId: string;
  metaWabaId: string;
  metaPhoneNumberId: string;
  /** By name. */
  templates: Record<string, { templateId: string; metaTemplateId: string }>;
}

export const ORDER_UPDATE = [{ type: 'BODY', text: 'Hello {{1}}, your order is on its way.' }];

const metaId = () => String(randomInt(1e9, 2e9)) + String(randomInt(1e5, 1e6));

/** @param options the portfolio's messaging limit and the number's status, as Meta names them */
export async function aMerchant(
  app: NestFastifyApplication,
  options: { limit?: string; status?: string; throughput?: string } = {},
): Promise<Merchant> {
  const [db, tenants, wabas, templates] = [app.get(Database), app.get(Tenants), app.get(Wabas), app.get(Templates)];
  const [metaWabaId, metaPhoneNumberId] = [metaId(), metaId()];
  const { tenantId } = await tenants.found(
    { name: 'Shop', country: 'US' },
    { email: `owner-${metaWabaId}@shop.example`, password: 'correct horse battery' },
  );
  const { apiKey } = await tenants.issueApiKey(tenantId, 'test');
  return db.inTenant(tenantId, async (tx) => {
    const portfolio = await wabas.savePortfolio(tx, tenantId, {
      metaBusinessId: metaId(),
      messagingLimit: options.limit ?? 'TIER_UNLIMITED',
    });
    const waba = await wabas.saveWaba(tx, tenantId, {
      portfolioId: portfolio.portfolioId,
      metaWabaId,
      name: 'Shop',
      currency: 'USD',
      timezone: 'America/New_York',
      token: `token-of-${metaWabaId}`,
    });
    const number = await wabas.savePhoneNumber(tx, tenantId, {
      wabaId: waba.wabaId,
      metaPhoneNumberId,
      displayPhoneNumber: `+1 555-${randomInt(100, 999)}-${randomInt(1000, 9999)}`,
      status: options.status ?? 'CONNECTED',
      throughputLevel: options.throughput ?? 'HIGH',
    });
    const made: Merchant['templates'] = {};
    for (const [name, category] of [
      ['order_update', 'UTILITY'],
      ['spring_sale', 'MARKETING'],
    ] as const) {
      const saved = await templates.save(tx, tenantId, {
        wabaId: waba.wabaId,
        metaTemplateId: metaId(),
        name,
        language: 'en_US',
        category,
        status: 'APPROVED',
        at: new Date(Date.now() - 60_000),
        source: 'meta-answer',
        components: ORDER_UPDATE,
      });
      made[name] = { templateId: saved.templateId, metaTemplateId: saved.metaTemplateId ?? '' };
    }
    return {
      tenantId,
      apiKey,
      wabaId: waba.wabaId,
      phoneNumberId: number.phoneNumberId,
      metaWabaId,
      metaPhoneNumberId,
      templates: made,
    };
  });
}

/** A customer wrote a while ago (in ms), so that the service window is open, or no longer. */
export async function customerWrote(
  database: TestDatabase,
  merchant: Merchant,
  customer: string,
  agoMs = 0,
): Promise<void> {
  await database.owner.query(
    `INSERT INTO service_windows (tenant_id, phone_number_id, customer, last_user_message_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, phone_number_id, customer) DO UPDATE SET last_user_message_at = excluded.last_user_message_at`,
    [merchant.tenantId, merchant.phoneNumberId, customer, new Date(Date.now() - agoMs)],
  );
}

export const textTo = (to: string, body = 'Hello', more: object = {}) => ({
  messaging_product: 'whatsapp',
  to,
  type: 'text',
  text: { body },
  ...more,
});

export const templateTo = (to: string, name = 'order_update', parameters = ['Ada']) => ({
  messaging_product: 'whatsapp',
  to,
  type: 'template',
  template: {
    name,
    language: { code: 'en_US' },
    components: [{ type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) }],
  },
});
