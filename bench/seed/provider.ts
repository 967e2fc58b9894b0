import type pg from 'pg';
import { idAt } from './id-at.js';
import { type SeedSize, seedMessages } from './messages.js';

const TEMPLATES_EACH = 12;
/** Of them half have waited or died: what a tenant's page has to count. */
const POSTS_EACH = 200;

/**
 * Fills a database with a provider's tenants and their traffic, as the rows that the apps would have left, by set-based
 * statements: a few tenants are large, most are small. Adds to what is there.
 *
 * Written with triggers and foreign keys off; the rollups are written beside the messages.
 *
 * @param db as the owner of the tables, who may set session_replication_role (a superuser)
 */
export async function seedProvider(db: pg.Client, size: SeedSize, say: (words: string) => void): Promise<void> {
  await db.query(`SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '256MB'`);
  try {
    say(`${size.tenants.toLocaleString('en')} tenants …`);
    await seedTenants(db, size.tenants);
    await seedMessages(db, size, say);
    say('indexes and statistics …');
    await db.query('VACUUM (ANALYZE)');
  } finally {
    await db.query(`RESET session_replication_role; RESET synchronous_commit; RESET work_mem`);
  }
}

/** Tenants with an owner, a portfolio, an account, one or two numbers, templates, a wallet, an endpoint and its posts. */
async function seedTenants(db: pg.Client, count: number): Promise<void> {
  await db.query('DROP TABLE IF EXISTS pg_temp.seeded');
  await db.query(
    `CREATE TEMP TABLE seeded AS
     SELECT i, gen_random_uuid() AS tenant_id, gen_random_uuid() AS portfolio_id, gen_random_uuid() AS waba_id,
            gen_random_uuid() AS number_id, gen_random_uuid() AS second_number_id, gen_random_uuid() AS endpoint_id,
            lpad(i::text, 6, '0') AS n
       FROM generate_series(0, $1::int - 1) AS i`,
    [count],
  );
  const statements = [
    `INSERT INTO tenants (tenant_id, name, country, status, created_at)
     SELECT tenant_id, 'Seeded shop ' || n, 'MX', 'active', now() - interval '200 days' FROM seeded`,
    `INSERT INTO tenant_users (tenant_id, user_id, email, password_hash, role, created_at)
     SELECT tenant_id, gen_random_uuid(), 'owner' || n || '@seeded.example', '-', 'owner', now() FROM seeded`,
    `INSERT INTO portfolios (tenant_id, portfolio_id, meta_business_id, messaging_limit, limit_seen_at, created_at)
     SELECT tenant_id, portfolio_id, '39' || n, (ARRAY['TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED'])[1 + i % 4],
            now(), now() FROM seeded`,
    `INSERT INTO wabas (tenant_id, waba_id, portfolio_id, meta_waba_id, name, currency, timezone, created_at)
     SELECT tenant_id, waba_id, portfolio_id, '19' || n, 'Seeded shop ' || n, 'USD', 'America/Mexico_City', now() FROM seeded`,
    `INSERT INTO phone_numbers (tenant_id, phone_number_id, waba_id, meta_phone_number_id, display_phone_number, status,
                                quality_rating, created_at, updated_at)
     SELECT tenant_id, number_id, waba_id, '29' || n || '1', '+52155' || n || '1', 'CONNECTED', 'GREEN', now(), now() FROM seeded
     UNION ALL
     SELECT tenant_id, second_number_id, waba_id, '29' || n || '2', '+52155' || n || '2', 'CONNECTED', 'YELLOW', now(), now()
       FROM seeded WHERE i % 3 = 0`,
    `INSERT INTO meta_routes (kind, meta_id, tenant_id, object_id)
     SELECT 'phone_number', meta_phone_number_id, tenant_id, phone_number_id FROM phone_numbers JOIN seeded USING (tenant_id)`,
    `INSERT INTO templates (tenant_id, template_id, waba_id, meta_template_id, name, language, category, status, status_at,
                            components, created_at, updated_at)
     SELECT tenant_id, gen_random_uuid(), waba_id, '49' || n || t, 'template_' || t, 'es',
            (ARRAY['marketing', 'utility', 'authentication'])[1 + t % 3], 'approved', now(), '[]', now(), now()
       FROM seeded, generate_series(1, ${TEMPLATES_EACH}) AS t`,
    `INSERT INTO wallets (tenant_id, currency, balance, created_at)
     SELECT tenant_id, 'USD', 1000 + i, now() FROM seeded WHERE i % 2 = 0`,
    `INSERT INTO webhook_endpoints (tenant_id, endpoint_id, url, sealed_secret, created_at, updated_at)
     SELECT tenant_id, endpoint_id, 'https://shop' || n || '.example/hook', '-', now(), now() FROM seeded`,
    `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, customer, status, attempts, due_at, last_error, delivered_at)
     SELECT tenant_id, endpoint_id, ${idAt("now() - interval '10 days' * random()")}, '5215500000000',
            CASE WHEN p <= 170 THEN 'delivered' WHEN p <= 190 THEN 'waiting' ELSE 'dead' END, 1, now(),
            CASE WHEN p > 170 THEN 'answered 500' END, CASE WHEN p <= 170 THEN now() END
       FROM seeded, generate_series(1, ${POSTS_EACH}) AS p`,
  ];
  for (const statement of statements) await db.query(statement);
}
