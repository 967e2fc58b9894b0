import type { Tx } from '#libs/persistence';

/** What usage can be summed up by, and where each is read. */
const DIMENSIONS = {
  day: 'c.local_day::text',
  market: 'c.market',
  category: 'c.category',
  number: 'n.meta_phone_number_id',
  // The tenant's own biz_opaque_callback_data, by which senders tell their campaigns apart.
  campaign: 'm.client_data',
} as const;
export type Dimension = keyof typeof DIMENSIONS;
export const USAGE_DIMENSIONS = Object.keys(DIMENSIONS) as readonly Dimension[];

/** One sum of the report; a dimension that was not asked for is absent. */
export type UsageRow = Partial<Record<Dimension, string | null>> & {
  currency: string;
  quantity: string;
  amount: string;
};

const AT_MOST = 10_000;

/**
 * What a tenant used and was charged on a range of local days, summed up by dimensions; corrections count on the day of the
 * message. Reads only.
 * @param campaign only messages that carry this callback data
 * @returns at most 10,000 sums, in the order of the dimensions
 */
export async function usageReport(
  tx: Tx,
  tenantId: string,
  days: { from: string; to: string },
  by: readonly Dimension[],
  campaign?: string,
): Promise<UsageRow[]> {
  const columns = by.map((name) => `${DIMENSIONS[name]} AS "${name}"`);
  const places = [...by.map((_, i) => String(i + 1)), 'c.currency'].join(', ');
  const withMessages =
    by.includes('campaign') || campaign !== undefined
      ? 'LEFT JOIN messages m ON m.tenant_id = c.tenant_id AND m.message_id = c.message_id'
      : '';
  const withNumbers = by.includes('number')
    ? 'LEFT JOIN phone_numbers n ON n.tenant_id = c.tenant_id AND n.phone_number_id = c.phone_number_id'
    : '';
  return tx.query(
    `SELECT ${[...columns, ''].join(', ')} c.currency, sum(c.quantity)::text AS quantity, sum(c.amount)::text AS amount
       FROM charges c ${withMessages} ${withNumbers}
      WHERE c.tenant_id = $1 AND c.side = 'price' AND coalesce(c.booked_on, c.local_day) >= $2::date
        AND c.local_day >= $2::date AND c.local_day <= $3::date
        AND ($4::text IS NULL OR ${campaign === undefined ? 'true' : 'm.client_data = $4'})
      GROUP BY ${places} ORDER BY ${places} LIMIT ${AT_MOST}`,
    [tenantId, days.from, days.to, campaign ?? null],
  );
}
