import type pg from 'pg';
import { idAt } from './id-at.js';

export interface SeedSize {
  tenants: number;
  messages: number;
  /** Days before now over which the messages were accepted. */
  days: number;
}

/** In one statement. */
const CHUNK = 250_000;
/** The larger, the larger the largest tenants: 2.5 gives the largest of 2,000 a twentieth of all messages. */
const SKEW = 2.5;
/** Of so many last days, messages have their steps and charges, too: what a page reads one by one is young. */
const WITH_STEPS_DAYS = 2;
const WITH_CHARGES_DAYS = 7;

// A letter for each share of a hundred: what became of messages, and of which kind they are.
const FATES = [
  ...Array<string>(46).fill('read'),
  ...Array<string>(36).fill('delivered'),
  ...Array<string>(9).fill('sent'),
  ...Array<string>(7).fill('failed'),
  ...Array<string>(2).fill('expired'),
];
const CODES = ['131026', '131049', '130472', '131047'];
// A shop sells to its own country; one message of ten goes elsewhere.
const BEGINNINGS = ['52155', '5511', '9198', '1415', '346', '57300', '5491', '49151'];
const literal = (words: readonly string[]) => `'{${words.join(',')}}'::text[]`;

/** Messages of the seeded tenants, in the order of time, as they would have come. Needs the temp table `seeded`. */
export async function seedMessages(
  db: pg.Client,
  { messages, days }: SeedSize,
  say: (words: string) => void,
): Promise<void> {
  for (let month = 0; month <= Math.ceil(days / 28); month++) {
    for (const parent of ['messages', 'message_events', 'charges']) {
      await db.query(
        `CALL paloma_partition_month('${parent}', (date_trunc('month', now()) - make_interval(months => ${month}))::date)`,
      );
    }
  }
  await db.query('ALTER TABLE seeded ADD PRIMARY KEY (i)');
  const chunks = Math.ceil(messages / CHUNK);
  const chunkDays = days / chunks;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const [oldest, youngest] = [days - chunk * chunkDays, days - (chunk + 1) * chunkDays];
    const count = Math.min(CHUNK, messages - chunk * CHUNK);
    if (chunk % 4 === 0) say(`messages ${(chunk * CHUNK).toLocaleString('en')} of ${messages.toLocaleString('en')} …`);
    await insertChunk(db, count, oldest, youngest);
    await addTraffic(db);
    if (youngest < WITH_STEPS_DAYS) await insertSteps(db);
    if (youngest < WITH_CHARGES_DAYS) {
      await insertCharges(db);
      await addSpend(db);
    }
  }
}

async function insertChunk(db: pg.Client, count: number, oldestDays: number, youngestDays: number): Promise<void> {
  const span = (oldestDays - youngestDays) * 86_400;
  await db.query('DROP TABLE IF EXISTS pg_temp.chunk');
  await db.query(
    `CREATE TEMP TABLE chunk AS
     WITH drawn AS (
       SELECT now() - make_interval(secs => ${oldestDays * 86_400} - ${span}::float8 * m / ${count}) AS at,
              floor((SELECT count(*) FROM seeded) * power(random(), ${SKEW}))::int AS i,
              (${literal(FATES)})[1 + floor(random() * ${FATES.length})] AS status, m,
              CASE WHEN random() < 0.9 THEN 0 ELSE floor(random() * 8)::int END AS abroad, floor(random() * 8000)::int AS person, floor(random() * 4)::int AS kind
         FROM generate_series(1, ${count}) AS m)
     SELECT s.tenant_id, ${idAt('d.at')} AS message_id, d.at, s.waba_id,
            CASE WHEN s.i % 3 = 0 AND d.m % 2 = 0 THEN s.second_number_id ELSE s.number_id END AS phone_number_id,
            (${literal(BEGINNINGS)})[1 + (s.i + d.abroad) % 8] || lpad((d.person * 7919 % 10000000)::text, 7, '0') AS recipient,
            (ARRAY['marketing', 'utility', 'authentication', NULL])[1 + d.kind] AS category, d.status
       FROM drawn d JOIN seeded s USING (i)`,
  );
  await db.query(
    `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, category, payload, lane, in_window,
                           status, status_at, not_before, expires_at, attempts, meta_message_id, meta_error)
     SELECT tenant_id, message_id, phone_number_id, recipient, CASE WHEN category IS NULL THEN 'text' ELSE 'template' END,
            category, '{"type":"template","template":{"name":"template_1","language":{"code":"es"}}}', 1, category IS NULL,
            status, at + interval '1 minute', at, at + interval '1 day', 1, 'wamid.' || message_id,
            CASE status WHEN 'failed' THEN jsonb_build_object('code', ((${literal(CODES)})[1 + length(recipient) % 4])::int) END
       FROM chunk ORDER BY at`,
  );
}

/** Triggers are off, so the sums are written here; the figure holds them against the product's own counting. */
const addTraffic = (db: pg.Client): Promise<unknown> =>
  db.query(
    `INSERT INTO traffic_days (tenant_id, day, phone_number_id, market, category, status, cause, messages)
     SELECT tenant_id, paloma_day_of(message_id), phone_number_id,
            CASE left(recipient, 3) WHEN '521' THEN 'Mexico' WHEN '551' THEN 'Brazil' WHEN '919' THEN 'India'
              WHEN '141' THEN 'North America' WHEN '346' THEN 'Spain' WHEN '573' THEN 'Colombia'
              WHEN '549' THEN 'Argentina' ELSE 'Germany' END,
            coalesce(category, 'service'), status,
            CASE status WHEN 'failed' THEN (${literal(CODES)})[1 + length(recipient) % 4] ELSE '' END, count(*)
       FROM chunk GROUP BY 1, 2, 3, 4, 5, 6, 7
     ON CONFLICT (tenant_id, day, phone_number_id, market, category, status, cause)
       DO UPDATE SET messages = traffic_days.messages + excluded.messages`,
  );

const addSpend = (db: pg.Client): Promise<unknown> =>
  db.query(
    `INSERT INTO spend_days (tenant_id, day, phone_number_id, market, category, currency, cost, price)
     SELECT tenant_id, paloma_day_of(message_id), phone_number_id, 'Mexico', category, 'USD', count(*) * 0.0305, count(*) * 0.0351
       FROM chunk WHERE status IN ('delivered', 'read') AND category IS NOT NULL GROUP BY 1, 2, 3, 5
     ON CONFLICT (tenant_id, day, phone_number_id, market, category, currency)
       DO UPDATE SET cost = spend_days.cost + excluded.cost, price = spend_days.price + excluded.price`,
  );

const insertSteps = (db: pg.Client): Promise<unknown> =>
  db.query(
    `INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source)
     SELECT tenant_id, message_id, kind, CASE kind WHEN 'sending' THEN 1 ELSE 0 END, at + interval '1 second',
            CASE kind WHEN 'sending' THEN 'paloma' ELSE 'meta' END
       FROM chunk, unnest(ARRAY['sending', 'sent', 'delivered']) AS kind
      WHERE kind <> 'delivered' OR status IN ('delivered', 'read')`,
  );

const insertCharges = (db: pg.Client): Promise<unknown> =>
  db.query(
    `INSERT INTO charges (tenant_id, message_id, side, waba_id, phone_number_id, market, category, quantity, unit_price,
                          amount, currency, rule, plan, card_date, card_currency, tier, billed_at, local_day)
     SELECT tenant_id, message_id, side, waba_id, phone_number_id, 'Mexico', category, 1,
            CASE side WHEN 'cost' THEN 0.0305 ELSE 0.0351 END, CASE side WHEN 'cost' THEN 0.0305 ELSE 0.0351 END, 'USD',
            'pmp/regular', CASE side WHEN 'price' THEN 'basic/1' END, '2026-10-01', 'USD', 0, at, at::date
       FROM chunk, unnest(ARRAY['cost', 'price']) AS side
      WHERE status IN ('delivered', 'read') AND category IS NOT NULL`,
  );
