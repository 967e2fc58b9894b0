import type { Charge, Side } from './charge.js';

/** A charge as PostgreSQL gives it: numbers and days as text, so that neither a float nor a time zone touches them. */
export interface ChargeRow {
  message_id: string;
  side: Side;
  waba_id: string;
  phone_number_id: string;
  market: string | null;
  category: string;
  quantity: number | string;
  unit_price: string;
  amount: string;
  currency: string;
  rule: string;
  free_reason: string | null;
  plan: string | null;
  card_date: string | null;
  card_currency: string | null;
  tier: number | null;
  billed_at: Date;
  local_day: string;
  revision: number;
  booked_on: string | null;
}

export const CHARGE_COLUMNS = `message_id, side, waba_id, phone_number_id, market, category, quantity, unit_price, amount,
  currency, rule, free_reason, plan, card_date::text, card_currency, tier, billed_at, local_day::text, revision, booked_on::text`;

export const chargeOf = (row: ChargeRow): Charge => ({
  messageId: row.message_id,
  side: row.side,
  wabaId: row.waba_id,
  phoneNumberId: row.phone_number_id,
  market: row.market,
  category: row.category,
  quantity: Number(row.quantity),
  unitPrice: row.unit_price,
  amount: row.amount,
  currency: row.currency,
  rule: row.rule,
  freeReason: row.free_reason,
  plan: row.plan,
  card:
    row.card_date && row.card_currency && row.tier !== null
      ? { date: row.card_date, currency: row.card_currency, tier: row.tier }
      : null,
  billedAt: row.billed_at,
  localDay: row.local_day,
  revision: row.revision,
  bookedOn: row.booked_on,
});
