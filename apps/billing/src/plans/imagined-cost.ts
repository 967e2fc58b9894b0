import type { Charge } from '#libs/ledger';

/**
 * Meta's cost of one message that nobody has sent yet, for the price that a plan makes of it.
 *
 * @param day  `YYYY-MM-DD` in the time zone of the WABA
 * @param rate the row of the rate book; undefined for a message that is free at Meta
 */
export const imaginedCost = (
  { currency, day }: { readonly currency: string; readonly day: string },
  { market, category }: { readonly market: string; readonly category: string },
  rate: { readonly price: string; readonly tier: number } | undefined,
): Charge => ({
  messageId: '',
  side: 'cost',
  wabaId: '',
  phoneNumberId: '',
  market,
  category,
  quantity: 1,
  unitPrice: rate?.price ?? '0',
  amount: rate?.price ?? '0',
  currency,
  rule: 'estimate',
  freeReason: rate ? null : 'free',
  plan: null,
  card: rate ? { date: day, currency, tier: rate.tier } : null,
  billedAt: new Date(0),
  localDay: day,
});
