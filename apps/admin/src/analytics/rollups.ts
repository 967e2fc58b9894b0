import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#libs/persistence';
import { marketOfPrefix } from './market-of-prefix.js';

/** Differences that are added up in one transaction. */
const BATCH = 5_000;

/** So many messages of one kind; `messages` as text, since PostgreSQL counts further than JavaScript. */
interface Counted {
  phone_number_id: string;
  day: string;
  prefix: string;
  category: string;
  status: string;
  cause: string;
  messages: string;
}

interface TrafficRow extends Omit<Counted, 'prefix' | 'messages'> {
  market: string;
  messages: bigint;
}

const GROUPED = 'phone_number_id, day::text, prefix, category, status, cause, sum(messages)::text AS messages';

/**
 * The one writer of traffic_days and spend_days: adds up what triggers noted of messages and charges (message_news,
 * charge_news), or counts it all anew. Both work on one tenant at a time, alone.
 */
@Injectable()
export class Rollups {
  constructor(private readonly db: Database) {}

  /** Tenants of whom something has not been added up yet; as staff, who see all tenants. */
  async tenantsWithNews(): Promise<string[]> {
    const rows: { tenant_id: string }[] = await this.db.asStaff((tx) =>
      tx.query('SELECT DISTINCT tenant_id FROM message_news UNION SELECT DISTINCT tenant_id FROM charge_news'),
    );
    return rows.map((r) => r.tenant_id);
  }

  /**
   * Adds up the oldest news of a tenant and takes them away, in one transaction: whoever is killed in between has done
   * nothing. News of one message follow each other in the order of its life, since its row is locked while they are noted.
   *
   * @returns whether there may be more
   */
  async fold(tenantId: string): Promise<boolean> {
    return this.db.inTenant(tenantId, async (tx) => {
      await alone(tx, tenantId);
      const counted: (Counted & { news: number })[] = await tx.query(
        `WITH gone AS (
           DELETE FROM message_news WHERE tenant_id = $1 AND news_id IN (
             SELECT news_id FROM message_news WHERE tenant_id = $1 ORDER BY news_id LIMIT $2)
           RETURNING *)
         SELECT ${GROUPED}, count(*)::int AS news FROM gone GROUP BY phone_number_id, day, prefix, category, status, cause`,
        [tenantId, BATCH],
      );
      await addTraffic(tx, tenantId, withMarkets(counted));
      const [spend]: { news: number }[] = await tx.query(
        `WITH gone AS (
           DELETE FROM charge_news WHERE tenant_id = $1 AND news_id IN (
             SELECT news_id FROM charge_news WHERE tenant_id = $1 ORDER BY news_id LIMIT $2)
           RETURNING *),
         added AS (
           INSERT INTO spend_days (tenant_id, day, phone_number_id, market, category, currency, cost, price)
           SELECT $1, day, phone_number_id, market, category, currency, sum(cost), sum(price) FROM gone
            GROUP BY day, phone_number_id, market, category, currency
           ON CONFLICT (tenant_id, day, phone_number_id, market, category, currency)
             DO UPDATE SET cost = spend_days.cost + excluded.cost, price = spend_days.price + excluded.price)
         SELECT count(*)::int AS news FROM gone`,
        [tenantId, BATCH],
      );
      const news = counted.reduce((sum, row) => sum + row.news, 0);
      return news === BATCH || spend?.news === BATCH;
    });
  }

  /**
   * Counts a tenant's traffic and money anew from messages and charges. Days of which messages are no longer kept stay as
   * they are: nothing is left to count them by.
   *
   * @returns how many sums were different from what the rollups, with the news that waited, said; 0 when all was right
   */
  async rebuild(tenantId: string): Promise<{ rows: number; differed: number }> {
    return this.db.inTenant(tenantId, async (tx) => {
      await alone(tx, tenantId);
      // The partition of a month goes as a whole, so the oldest message's day is whole as well.
      const [oldest]: { day: string | null }[] = await tx.query(
        `SELECT paloma_day_of(message_id)::text AS day FROM messages WHERE tenant_id = $1 ORDER BY message_id LIMIT 1`,
        [tenantId],
      );
      if (!oldest?.day) return { rows: 0, differed: 0 };
      const traffic = await recountTraffic(tx, tenantId, oldest.day);
      const spend = await recountSpend(tx, tenantId, oldest.day);
      return { rows: traffic.rows + spend.rows, differed: traffic.differed + spend.differed };
    });
  }
}

/** Until the end of the transaction nobody else adds up or counts this tenant. */
const alone = (tx: Tx, tenantId: string): Promise<unknown> =>
  tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('rollups:' || $1, 0))`, [tenantId]);

/** Gives each its market and puts those together that then are of one kind. */
function withMarkets(counted: readonly Counted[]): TrafficRow[] {
  const byKey = new Map<string, TrafficRow>();
  for (const { prefix, messages, ...kind } of counted) {
    const market = marketOfPrefix(prefix, kind.day);
    const row = { ...kind, market, messages: BigInt(messages) };
    const key = keyOf(row);
    const same = byKey.get(key);
    if (same) same.messages += row.messages;
    else byKey.set(key, row);
  }
  return [...byKey.values()];
}

const keyOf = (r: TrafficRow): string =>
  [r.day, r.phone_number_id, r.market, r.category, r.status, r.cause].join('\u0000');

async function addTraffic(tx: Tx, tenantId: string, rows: readonly TrafficRow[]): Promise<void> {
  const changed = rows.filter((r) => r.messages !== 0n);
  if (changed.length === 0) return;
  const column = (pick: (r: TrafficRow) => string) => changed.map(pick);
  await tx.query(
    `INSERT INTO traffic_days (tenant_id, day, phone_number_id, market, category, status, cause, messages)
     SELECT $1, * FROM unnest($2::date[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
     ON CONFLICT (tenant_id, day, phone_number_id, market, category, status, cause)
       DO UPDATE SET messages = traffic_days.messages + excluded.messages`,
    [
      tenantId,
      column((r) => r.day),
      column((r) => r.phone_number_id),
      column((r) => r.market),
      column((r) => r.category),
      column((r) => r.status),
      column((r) => r.cause),
      column((r) => String(r.messages)),
    ],
  );
}

async function recountTraffic(tx: Tx, tenantId: string, from: string): Promise<{ rows: number; differed: number }> {
  // One statement, so one moment: what is committed after it stays in the news and is added later.
  const rows: (Counted & { market: string | null; truth: boolean })[] = await tx.query(
    `WITH gone AS (DELETE FROM message_news WHERE tenant_id = $1 AND day >= $2 RETURNING *)
     SELECT ${GROUPED}, NULL AS market, false AS truth FROM gone
      GROUP BY phone_number_id, day, prefix, category, status, cause
     UNION ALL
     SELECT phone_number_id, day::text, '', category, status, cause, messages::text, market, false
       FROM traffic_days WHERE tenant_id = $1 AND day >= $2
     UNION ALL
     SELECT phone_number_id, paloma_day_of(message_id)::text, paloma_market_prefix(recipient),
            lower(coalesce(category, 'service')), status, paloma_failure_cause(status, meta_error), count(*)::text, NULL, true
       FROM messages
      WHERE tenant_id = $1 AND message_id >= paloma_first_id($2::date::timestamp AT TIME ZONE 'UTC')
      GROUP BY 1, 2, 3, 4, 5, 6`,
    [tenantId, from],
  );
  const truth = withMarkets(rows.filter((r) => r.truth));
  const believed = new Map<string, bigint>();
  const add = (row: TrafficRow) => believed.set(keyOf(row), (believed.get(keyOf(row)) ?? 0n) + row.messages);
  for (const row of withMarkets(rows.filter((r) => !r.truth && r.market === null))) add(row);
  for (const { messages, market, ...row } of rows) {
    if (!row.truth && market !== null) add({ ...row, market, messages: BigInt(messages) });
  }
  await tx.query('DELETE FROM traffic_days WHERE tenant_id = $1 AND day >= $2', [tenantId, from]);
  await addTraffic(tx, tenantId, truth);
  let differed = 0;
  for (const row of truth) {
    if ((believed.get(keyOf(row)) ?? 0n) !== row.messages) differed++;
    believed.delete(keyOf(row));
  }
  for (const left of believed.values()) if (left !== 0n) differed++;
  return { rows: truth.length, differed };
}

async function recountSpend(tx: Tx, tenantId: string, from: string): Promise<{ rows: number; differed: number }> {
  const [counted]: { rows: number; differed: number; truth: object[] | null }[] = await tx.query(
    `WITH gone AS (DELETE FROM charge_news WHERE tenant_id = $1 AND day >= $2 RETURNING *),
     believed AS (
       SELECT day, phone_number_id, market, category, currency, sum(cost) AS cost, sum(price) AS price
         FROM (SELECT day, phone_number_id, market, category, currency, cost, price FROM gone
               UNION ALL
               SELECT day, phone_number_id, market, category, currency, cost, price FROM spend_days
                WHERE tenant_id = $1 AND day >= $2) AS both_kinds
        GROUP BY 1, 2, 3, 4, 5),
     truth AS (
       SELECT paloma_day_of(message_id) AS day, phone_number_id, coalesce(market, 'Other') AS market, category, currency,
              coalesce(sum(amount) FILTER (WHERE side = 'cost'), 0) AS cost,
              coalesce(sum(amount) FILTER (WHERE side = 'price'), 0) AS price
         FROM charges
        WHERE tenant_id = $1 AND message_id >= paloma_first_id($2::date::timestamp AT TIME ZONE 'UTC')
        GROUP BY 1, 2, 3, 4, 5)
     SELECT (SELECT count(*)::int FROM truth) AS rows,
            (SELECT count(*)::int FROM truth t FULL JOIN believed b USING (day, phone_number_id, market, category, currency)
              WHERE coalesce(t.cost, 0) <> coalesce(b.cost, 0) OR coalesce(t.price, 0) <> coalesce(b.price, 0)) AS differed,
            (SELECT json_agg(t) FROM (SELECT day, phone_number_id, market, category, currency, cost::text, price::text
                                        FROM truth) AS t) AS truth`,
    [tenantId, from],
  );
  await tx.query('DELETE FROM spend_days WHERE tenant_id = $1 AND day >= $2', [tenantId, from]);
  await tx.query(
    `INSERT INTO spend_days (tenant_id, day, phone_number_id, market, category, currency, cost, price)
     SELECT $1, day, phone_number_id, market, category, currency, cost, price
       FROM json_to_recordset($2::json) AS t(day date, phone_number_id uuid, market text, category text, currency char(3),
                                             cost numeric, price numeric)`,
    [tenantId, JSON.stringify(counted?.truth ?? [])],
  );
  return { rows: counted?.rows ?? 0, differed: counted?.differed ?? 0 };
}
