import { randomUUID } from 'node:crypto';
import type { TestDatabase } from './database.js';

/** A tenant with one portfolio, WABA and connected number, as the rows that onboarding would have left. */
export interface FoundedNumber {
  tenantId: string;
  portfolioId: string;
  wabaId: string;
  phoneNumberId: string;
  metaBusinessId: string;
  metaWabaId: string;
  metaPhoneNumberId: string;
  displayPhoneNumber: string;
}

let founded = 0;

/** Founds a tenant with a live number straight in the database; ids of Meta may be given to match recorded webhooks. */
export async function foundNumber(
  { owner }: TestDatabase,
  name: string,
  ids: Partial<FoundedNumber> = {},
): Promise<FoundedNumber> {
  const n = String(++founded).padStart(4, '0');
  const number: FoundedNumber = {
    tenantId: randomUUID(),
    portfolioId: randomUUID(),
    wabaId: randomUUID(),
    phoneNumberId: randomUUID(),
    metaBusinessId: `30000000000${n}`,
    metaWabaId: `10000000000${n}`,
    metaPhoneNumberId: `20000000000${n}`,
    displayPhoneNumber: `+1555000${n}`,
    ...ids,
  };
  const { tenantId, portfolioId, wabaId, phoneNumberId } = number;
  await owner.query(`INSERT INTO tenants (tenant_id, name, status, created_at) VALUES ($1, $2, 'active', now())`, [
    tenantId,
    name,
  ]);
  await owner.query(
    `INSERT INTO portfolios (tenant_id, portfolio_id, meta_business_id, limit_seen_at, created_at)
     VALUES ($1, $2, $3, '2020-01-01', now())`,
    [tenantId, portfolioId, number.metaBusinessId],
  );
  await owner.query(
    `INSERT INTO wabas (tenant_id, waba_id, portfolio_id, meta_waba_id, name, currency, timezone, created_at)
     VALUES ($1, $2, $3, $4, $5, 'USD', 'UTC', now())`,
    [tenantId, wabaId, portfolioId, number.metaWabaId, name],
  );
  await owner.query(
    `INSERT INTO phone_numbers (tenant_id, phone_number_id, waba_id, meta_phone_number_id, display_phone_number, status,
                                created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, 'CONNECTED', now(), now())`,
    [tenantId, phoneNumberId, wabaId, number.metaPhoneNumberId, number.displayPhoneNumber],
  );
  await owner.query(
    `INSERT INTO meta_routes (kind, meta_id, tenant_id, object_id)
     VALUES ('business', $1, $4, $5), ('waba', $2, $4, $6), ('phone_number', $3, $4, $7)`,
    [number.metaBusinessId, number.metaWabaId, number.metaPhoneNumberId, tenantId, portfolioId, wabaId, phoneNumberId],
  );
  return number;
}
