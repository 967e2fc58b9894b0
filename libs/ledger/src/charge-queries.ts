import type { Tx } from '#libs/persistence';
import type { Charge, ChargeCursor, ChargeGroup, Days, Side } from './charge.js';
import { CHARGE_COLUMNS, type ChargeRow, chargeOf } from './charge-rows.js';

/** The day a charge counts for: its local day, or a later one where its month was closed when it came. */
const DAY = 'coalesce(booked_on, local_day)';

/** Is a row in the group whose values, in this order, are in parameter 7? NULL equals NULL, and 0.10 equals 0.1. */
const IN_GROUP = `ROW(currency::text, market, category, unit_price, rule, free_reason, plan, card_date,
                      card_currency::text, tier) IS NOT DISTINCT FROM
                  ROW($7[1], $7[2], $7[3], $7[4]::numeric, $7[5], $7[6], $7[7], $7[8]::date, $7[9], $7[10]::smallint)`;
const groupValues = (g: ChargeGroup): (string | null)[] => [
  g.currency,
  g.market,
  g.category,
  g.unitPrice,
  g.rule,
  g.freeReason,
  g.plan,
  g.card?.date ?? null,
  g.card?.currency ?? null,
  g.card ? String(g.card.tier) : null,
];

export async function chargesOf(tx: Tx, tenantId: string, ...messageIds: string[]): Promise<Charge[]> {
  const rows: ChargeRow[] = await tx.query(
    `SELECT ${CHARGE_COLUMNS} FROM charges WHERE tenant_id = $1 AND message_id = ANY ($2::uuid[])
      ORDER BY message_id, side, revision`,
    [tenantId, messageIds],
  );
  return rows.map(chargeOf);
}

export async function chargedOn(
  tx: Tx,
  tenantId: string,
  days: { from: string; to: string },
  page: { after?: string | undefined; limit: number },
): Promise<Charge[]> {
  // Nothing is booked before its own day, so the index of booking days finds all that is of these days or later.
  const rows: ChargeRow[] = await tx.query(
    `WITH page AS (
       SELECT message_id, max(revision) AS revision FROM charges
        WHERE tenant_id = $1 AND side = 'cost' AND ${DAY} >= $2::date AND local_day >= $2::date AND local_day <= $3::date
          AND ($4::uuid IS NULL OR message_id > $4)
        GROUP BY message_id ORDER BY message_id LIMIT $5)
     SELECT ${CHARGE_COLUMNS} FROM charges JOIN page USING (message_id, revision)
      WHERE tenant_id = $1 ORDER BY message_id, side`,
    [tenantId, days.from, days.to, page.after ?? null, page.limit],
  );
  return rows.map(chargeOf);
}

export async function listCharges(
  tx: Tx,
  tenantId: string,
  page: { side: Side; days: Days; group?: ChargeGroup; after?: ChargeCursor | undefined; limit: number },
): Promise<Charge[]> {
  const { side, days, group, after, limit } = page;
  const rows: ChargeRow[] = await tx.query(
    `SELECT ${CHARGE_COLUMNS} FROM charges
      WHERE tenant_id = $1 AND side = $2
        AND ($3::date IS NULL OR ${DAY} >= $3::date) AND ($4::date IS NULL OR ${DAY} <= $4::date)
        AND ($5::date IS NULL OR (${DAY}, message_id, revision) > ($5::date, $6::uuid, $9::smallint))
        AND ($7::text[] IS NULL OR ${IN_GROUP})
      ORDER BY ${DAY}, message_id, revision LIMIT $8`,
    [
      tenantId,
      side,
      days.from ?? null,
      days.to ?? null,
      after?.day ?? null,
      after?.messageId ?? null,
      group ? groupValues(group) : null,
      limit,
      after?.revision ?? null,
    ],
  );
  return rows.map(chargeOf);
}

export async function chargeGroups(tx: Tx, tenantId: string, side: Side, days: Days): Promise<ChargeGroup[]> {
  const rows: (ChargeRow & { quantity: string })[] = await tx.query(
    `SELECT currency, market, category, unit_price, rule, free_reason, plan, card_date::text, card_currency, tier,
            sum(quantity)::text AS quantity, sum(amount)::text AS amount
       FROM charges
      WHERE tenant_id = $1 AND side = $2
        AND ($3::date IS NULL OR ${DAY} >= $3::date) AND ($4::date IS NULL OR ${DAY} <= $4::date)
      GROUP BY currency, market, category, unit_price, rule, free_reason, plan, card_date, card_currency, tier
     HAVING sum(quantity) <> 0
      ORDER BY currency, market COLLATE "C" NULLS LAST, category, card_date NULLS LAST, tier, unit_price, rule COLLATE "C",
               free_reason, plan COLLATE "C"`,
    [tenantId, side, days.from ?? null, days.to ?? null],
  );
  return rows.map((row) => {
    const { currency, market, category, unitPrice, rule, freeReason, plan, card, amount } = chargeOf(row);
    const quantity = Number(row.quantity);
    return { currency, market, category, unitPrice, rule, freeReason, plan, card, quantity, amount };
  });
}
