import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import type { UsageCell } from './compare-usage.js';

export type UsageSource = 'analytics' | 'invoice';

/** The one writer of what Meta says was used; told anew, a range of days is replaced. */
@Injectable()
export class MetaUsage {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async replace(
    tx: Tx,
    tenantId: string,
    which: { wabaId: string; source: UsageSource; from: string; to: string },
    cells: readonly UsageCell[],
  ): Promise<void> {
    // Two who fetch the same days at once: the second finds what the first put there.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`usage at Meta of ${tenantId}`]);
    await tx.query(
      `DELETE FROM meta_usage WHERE tenant_id = $1 AND waba_id = $2 AND source = $3 AND day >= $4::date AND day <= $5::date`,
      [tenantId, which.wabaId, which.source, which.from, which.to],
    );
    await tx.query(
      `INSERT INTO meta_usage (tenant_id, waba_id, source, day, number, market, category, charged, volume, cost, told_at)
       SELECT $1, $2, $3, c.day, c.number, c.market, c.category, c.charged, sum(c.volume), sum(c.cost), $4
         FROM unnest($5::date[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::bigint[], $11::numeric[])
           AS c(day, number, market, category, charged, volume, cost)
        GROUP BY c.day, c.number, c.market, c.category, c.charged`,
      [
        tenantId,
        which.wabaId,
        which.source,
        this.clock.now(),
        cells.map((c) => c.day),
        cells.map((c) => c.number),
        cells.map((c) => c.market),
        cells.map((c) => c.category),
        cells.map((c) => c.charged),
        cells.map((c) => c.volume),
        cells.map((c) => c.cost),
      ],
    );
  }

  async told(
    tx: Tx,
    tenantId: string,
    which: { wabaId: string; source: UsageSource; from: string; to: string },
  ): Promise<UsageCell[]> {
    const rows: (UsageCell & { volume: string })[] = await tx.query(
      `SELECT day::text AS day, number, market, category, charged, volume::text AS volume, cost::text AS cost FROM meta_usage
        WHERE tenant_id = $1 AND waba_id = $2 AND source = $3 AND day >= $4::date AND day <= $5::date`,
      [tenantId, which.wabaId, which.source, which.from, which.to],
    );
    return rows.map((row) => ({ ...row, volume: Number(row.volume) }));
  }

  /** What we charged as Meta's cost on local days, in the same form. A message to an unknown market has ''. */
  async ours(
    tx: Tx,
    tenantId: string,
    which: { wabaId: string; from: string; to: string },
    grain: 'day and number' | 'month',
  ): Promise<UsageCell[]> {
    const [day, number] =
      grain === 'month'
        ? [`date_trunc('month', c.local_day)::date`, `''`]
        : ['c.local_day', `regexp_replace(n.display_phone_number, '\\D', '', 'g')`];
    const rows: (UsageCell & { volume: string })[] = await tx.query(
      `SELECT (${day})::text AS day, ${number} AS number, coalesce(c.market, '') AS market, c.category,
              c.free_reason IS NULL AS charged, sum(c.quantity)::text AS volume, sum(c.amount)::text AS cost
         FROM charges c JOIN phone_numbers n ON n.tenant_id = c.tenant_id AND n.phone_number_id = c.phone_number_id
        WHERE c.tenant_id = $1 AND c.side = 'cost' AND c.waba_id = $2 AND coalesce(c.booked_on, c.local_day) >= $3::date
          AND c.local_day >= $3::date AND c.local_day <= $4::date
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(c.quantity) <> 0`,
      [tenantId, which.wabaId, which.from, which.to],
    );
    return rows.map((row) => ({ ...row, volume: Number(row.volume) }));
  }

  /** Messages that wait for a price, by UTC day of their delivery. */
  async waiting(tx: Tx, tenantId: string, wabaId: string): Promise<Map<string, number>> {
    const rows: { day: string; count: number }[] = await tx.query(
      `SELECT (delivered_at AT TIME ZONE 'UTC')::date::text AS day, count(*)::int AS count FROM usage_facts
        WHERE tenant_id = $1 AND waba_id = $2 AND status <> 'rated' GROUP BY 1`,
      [tenantId, wabaId],
    );
    return new Map(rows.map((row) => [row.day, row.count]));
  }
}
