import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { hashToken, type Vault } from '#libs/vault';

/** A number that can send, at Meta's highest level. */
export interface BenchNumber {
  phoneNumberId: string;
  metaPhoneNumberId: string;
}

/** A tenant whose portfolio has no limit, with an API key, numbers and one approved template (`order_update`). */
export interface BenchMerchant {
  tenantId: string;
  apiKey: string;
  metaWabaId: string;
  numbers: [BenchNumber, ...BenchNumber[]];
}

/** Whose service window is open at every number: digits of a customer who has just written. */
export const CUSTOMER = '5215512345678';

const COMPONENTS = [
  { type: 'BODY', text: 'Hi {{1}}, your order {{2}} is on its way.', example: { body_text: [['Ana', '1042']] } },
];

let made = 0;

/** Makes merchants as the rows that signup and review would have left. */
export async function makeMerchants(
  db: pg.Client,
  vault: Vault,
  count: number,
  numbersEach: number,
): Promise<BenchMerchant[]> {
  const merchants: BenchMerchant[] = [];
  for (let i = 0; i < count; i++) merchants.push(await makeMerchant(db, vault, numbersEach));
  return merchants;
}

async function makeMerchant(db: pg.Client, vault: Vault, numbers: number): Promise<BenchMerchant> {
  const n = String(++made).padStart(5, '0');
  const [tenantId, portfolioId, wabaId] = [randomUUID(), randomUUID(), randomUUID()];
  const merchant: BenchMerchant = {
    tenantId,
    apiKey: `paloma_${randomBytes(24).toString('base64url')}`,
    metaWabaId: `1000000000${n}`,
    numbers: Array.from({ length: numbers }, (_, i) => ({
      phoneNumberId: randomUUID(),
      metaPhoneNumberId: `2000000${n}${String(i).padStart(3, '0')}`,
    })) as BenchMerchant['numbers'],
  };
  const { apiKey, metaWabaId } = merchant;
  const insert = (sql: string, ...values: unknown[]) => db.query(sql, values);
  await insert(`INSERT INTO tenants (tenant_id, name, created_at) VALUES ($1, $2, now())`, tenantId, `Merchant ${n}`);
  await insert(
    `INSERT INTO api_keys (tenant_id, api_key_id, name, hint, hash, created_at) VALUES ($1, $2, 'bench', '', $3, now())`,
    tenantId,
    randomUUID(),
    hashToken(apiKey),
  );
  await insert(
    `INSERT INTO portfolios (tenant_id, portfolio_id, meta_business_id, messaging_limit, limit_seen_at, created_at)
     VALUES ($1, $2, $3, 'TIER_UNLIMITED', now(), now())`,
    tenantId,
    portfolioId,
    `3000000000${n}`,
  );
  await insert(
    `INSERT INTO wabas (tenant_id, waba_id, portfolio_id, meta_waba_id, name, currency, timezone, sealed_token, created_at)
     VALUES ($1, $2, $3, $4, $5, 'USD', 'UTC', $6, now())`,
    tenantId,
    wabaId,
    portfolioId,
    metaWabaId,
    `Merchant ${n}`,
    vault.seal('a business token', `waba-token:${wabaId}`),
  );
  await insert(
    `INSERT INTO templates (tenant_id, template_id, waba_id, meta_template_id, name, language, category, status, status_at,
                            components, created_at, updated_at)
     VALUES ($1, $2, $3, $4, 'order_update', 'en_US', 'utility', 'approved', now(), $5, now(), now())`,
    tenantId,
    randomUUID(),
    wabaId,
    `4000000000${n}`,
    JSON.stringify(COMPONENTS),
  );
  await insert(
    `WITH number AS (
       INSERT INTO phone_numbers (tenant_id, phone_number_id, waba_id, meta_phone_number_id, display_phone_number, status,
                                  throughput_level, created_at, updated_at)
       SELECT $1, n.id, $2, n.meta_id, '+1555' || right(n.meta_id, 8), 'CONNECTED', 'HIGH', now(), now()
         FROM unnest($3::uuid[], $4::text[]) AS n(id, meta_id)
       RETURNING phone_number_id, meta_phone_number_id),
     open AS (
       INSERT INTO service_windows (tenant_id, phone_number_id, customer, last_user_message_at)
       SELECT $1, phone_number_id, $5, now() FROM number)
     INSERT INTO meta_routes (kind, meta_id, tenant_id, object_id)
     SELECT 'phone_number', meta_phone_number_id, $1, phone_number_id FROM number`,
    tenantId,
    wabaId,
    merchant.numbers.map((number) => number.phoneNumberId),
    merchant.numbers.map((number) => number.metaPhoneNumberId),
    CUSTOMER,
  );
  return merchant;
}
