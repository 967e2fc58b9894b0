import { firstIdAt } from '#libs/ids';
import { newMessageRef } from '#libs/outbox';
import type { Tx } from '#libs/persistence';

const DAY_MS = 86_400_000;
const LAST_CHARGES = 20;
const SPEND_DAYS = 30;

export interface ChargeRow {
  message_id: string;
  message_ref: string;
  /** cost: what Meta asks of the provider; price: what the provider asks of the tenant. */
  side: 'cost' | 'price';
  market: string | null;
  category: string;
  quantity: number;
  /** Decimals as text. */
  unit_price: string;
  amount: string;
  currency: string;
  rule: string;
  /** Why Meta asks nothing; no rate row is named then. */
  free_reason: string | null;
  /** The rate row is (card_date, card_currency, market, category). */
  card_date: string | null;
  card_currency: string | null;
  /** Plan and version that made a price of the cost. */
  plan: string | null;
  billed_at: Date;
}

export interface Spend {
  currency: string;
  side: 'cost' | 'price';
  amount: string;
  messages: number;
}

const COLUMNS = `message_id, side, market, category, quantity, unit_price::text, amount::text, currency, rule,
                 free_reason, card_date::text, card_currency, plan, billed_at`;

const withMessageRef = (row: Omit<ChargeRow, 'message_ref'>): ChargeRow => ({
  ...row,
  message_ref: newMessageRef(row.message_id),
});

/** The tenant's newest charges. */
export async function lastChargesOf(tx: Tx, tenantId: string): Promise<ChargeRow[]> {
  const rows = await tx.query(
    `SELECT ${COLUMNS} FROM charges WHERE tenant_id = $1 ORDER BY message_id DESC, side LIMIT $2`,
    [tenantId, LAST_CHARGES],
  );
  return rows.map(withMessageRef);
}

/** Both charges of a message; none while it is not rated. */
export async function chargesOfMessage(tx: Tx, tenantId: string, messageId: string): Promise<ChargeRow[]> {
  const rows = await tx.query(`SELECT ${COLUMNS} FROM charges WHERE tenant_id = $1 AND message_id = $2 ORDER BY side`, [
    tenantId,
    messageId,
  ]);
  return rows.map(withMessageRef);
}

/** What messages accepted in the last 30 days cost, in each currency; nothing is converted. */
export async function spendOf(tx: Tx, tenantId: string, now: Date): Promise<{ since: Date; by_currency: Spend[] }> {
  const since = new Date(now.getTime() - SPEND_DAYS * DAY_MS);
  const by_currency: Spend[] = await tx.query(
    `SELECT currency, side, sum(amount)::text AS amount, count(*)::int AS messages FROM charges
      WHERE tenant_id = $1 AND message_id >= $2 GROUP BY currency, side ORDER BY currency, side`,
    [tenantId, firstIdAt(since)],
  );
  return { since, by_currency };
}
