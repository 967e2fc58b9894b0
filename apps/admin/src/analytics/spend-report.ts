import type { Tx } from '#libs/persistence';
import { type Group, groupOf, inOrder, MOST_GROUPS, type ReportScope, sqlOf } from './report-scope.js';

/** Money of one currency; decimals as text. Nothing is converted. */
export type SpendRow = Group & {
  currency: string;
  /** What Meta asks of the provider. */
  cost: string;
  /** What the provider asks of tenants for messages; fees of plans are not in it. */
  price: string;
  /** price - cost. Where the two are in different currencies, each is a row of its own and neither is a margin. */
  margin: string;
};

/** @returns 'too many' where the scope has more groups than a report may */
export async function spendReport(tx: Tx, scope: ReportScope): Promise<SpendRow[] | 'too many'> {
  const { columns, groups, where, values } = sqlOf(scope);
  const rows: SpendRow[] = await tx.query(
    `SELECT ${columns} r.currency, sum(r.cost)::text AS cost, sum(r.price)::text AS price,
            (sum(r.price) - sum(r.cost))::text AS margin
       FROM spend_days r WHERE ${where} GROUP BY ${groups} r.currency ORDER BY r.currency LIMIT ${MOST_GROUPS + 1}`,
    values,
  );
  if (rows.length > MOST_GROUPS) return 'too many';
  return rows
    .map(({ currency, cost, price, margin, ...row }) => ({
      ...groupOf(row, scope.by),
      currency,
      cost,
      price,
      margin,
    }))
    .sort(inOrder(scope.by));
}
