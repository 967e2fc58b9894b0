import { newMessageRef } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { type SpendRow, spendReport } from '../../analytics/spend-report.js';
import { lastDays, rowsOf } from './traffic.js';

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

interface Wallet {
  currency: string;
  /** Decimals as text, also the next two. */
  balance: string;
  held: string;
  credit_limit: string;
}

/** What the tenant may spend; null for one that pays by invoice. */
async function walletOf(tx: Tx, tenantId: string): Promise<Wallet | null> {
  const [wallet]: Wallet[] = await tx.query(
    `SELECT currency, balance::text, held::text, credit_limit::text FROM wallets WHERE tenant_id = $1`,
    [tenantId],
  );
  return wallet ?? null;
}

interface Plan {
  plan: string;
  version: number;
  since: string;
}

/** The plan that is in force on a day (UTC); null while there is none. */
async function planOf(tx: Tx, tenantId: string, now: Date): Promise<Plan | null> {
  const [plan]: Plan[] = await tx.query(
    `SELECT plan, version, from_day::text AS since FROM tenant_plans
      WHERE tenant_id = $1 AND from_day <= $2::date ORDER BY from_day DESC, assignment_id DESC LIMIT 1`,
    [tenantId, now.toISOString().slice(0, 10)],
  );
  return plan ?? null;
}

const COLUMNS = `message_id, side, market, category, quantity, unit_price::text, amount::text, currency, rule,
                 free_reason, card_date::text, card_currency, plan, billed_at`;

const withMessageRef = (row: Omit<ChargeRow, 'message_ref'>): ChargeRow => ({
  ...row,
  message_ref: newMessageRef(row.message_id),
});

/** The tenant's newest charges. */
async function lastChargesOf(tx: Tx, tenantId: string): Promise<ChargeRow[]> {
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

/** What messages accepted in the last 30 days cost and bring, in each currency; nothing is converted. */
async function spendOf(tx: Tx, tenantId: string, now: Date): Promise<{ since: Date; by_currency: SpendRow[] }> {
  const scope = lastDays(tenantId, now, SPEND_DAYS);
  return { since: new Date(scope.from), by_currency: rowsOf(await spendReport(tx, scope)) };
}

/** The money of a tenant on its page; nothing of it for who may not see it. */
export interface Money {
  plan: Plan | null;
  wallet: Wallet | null;
  /** The next two without Meta's cost for who may not see margins. */
  spend: { since: Date; by_currency: (Omit<SpendRow, 'cost' | 'margin'> & Partial<SpendRow>)[] } | null;
  last_charges: ChargeRow[];
}

export const NO_MONEY: Money = { plan: null, wallet: null, spend: null, last_charges: [] };

/** @param see `margin`: also what Meta asks of the provider */
export async function moneyOf(tx: Tx, tenantId: string, now: Date, see: { margin: boolean }): Promise<Money> {
  const spend = await spendOf(tx, tenantId, now);
  const charges = await lastChargesOf(tx, tenantId);
  return {
    plan: await planOf(tx, tenantId, now),
    wallet: await walletOf(tx, tenantId),
    spend: see.margin ? spend : withoutCost(spend),
    last_charges: see.margin ? charges : charges.filter((c) => c.side === 'price'),
  };
}

const withoutCost = ({ since, by_currency }: NonNullable<Money['spend']>): Money['spend'] => ({
  since,
  by_currency: by_currency.map(({ cost: _, margin: __, ...row }) => row),
});
