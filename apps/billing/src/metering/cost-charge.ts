import type { Charge } from '#libs/ledger';
import { marketOf } from '#libs/markets';
import { formatDecimal, parseDecimal, times } from '#libs/money';
import type { UsageFact } from '#libs/usage';
import { meaningOf } from '../rating/categories.js';
import type { Charged, DeliveredMessage, Free } from '../rating/verdict.js';

/** Meta's cost of a message as the ledger keeps it. A free message is a charge of 0 that says why. */
export function costCharge(fact: UsageFact, message: DeliveredMessage, verdict: Charged | Free): Charge {
  const { messageId, wabaId, phoneNumberId, deliveredAt } = fact;
  const { quantity, rule, day } = verdict;
  const common = { messageId, side: 'cost', wabaId, phoneNumberId, quantity, rule, plan: null } as const;
  const moment = { billedAt: deliveredAt, localDay: day };
  if (verdict.outcome === 'charged') {
    const { market, category, rate } = verdict;
    return {
      ...common,
      ...moment,
      market,
      category,
      unitPrice: rate.price,
      amount: formatDecimal(times(parseDecimal(rate.price), quantity)),
      currency: rate.currency,
      freeReason: null,
      card: { date: rate.cardDate, currency: rate.currency, tier: rate.tier },
    };
  }
  return {
    ...common,
    ...moment,
    market: marketOf(message.to, day)?.market ?? null,
    category: categoryOf(message),
    unitPrice: '0',
    amount: '0',
    currency: message.waba.currency,
    freeReason: verdict.reason,
    card: null,
  };
}

/** What a free message was, for the reader of the invoice: in Meta's word if it said one. */
function categoryOf({ kind, category, pricing }: DeliveredMessage): string {
  const said = meaningOf(pricing?.category)?.row;
  if (said) return said;
  return (kind === 'template' ? meaningOf(category)?.row : undefined) ?? 'service';
}
