import type { Charge } from '#libs/ledger';
import { formatDecimal, parseDecimal, times } from '#libs/money';
import { priceOf } from '../plans/price-of.js';
import type { PlanInForce } from '../plans/terms.js';
import { CARD_CATEGORIES, type RateBook, rateOfTier } from '../rate-card/rate-card.js';

/** How the rule of a charge ends that staff corrected by hand. */
export const BY_HAND = ' corrected';

/** Both sides of what a message is charged. */
export interface BothSides {
  readonly cost: Charge;
  readonly price: Charge;
}

/** Why a charge is left as it is. */
export type NotRepriced = 'corrected_by_hand' | 'no_rate' | 'no_exchange_rate' | 'unknown_plan';

/**
 * What a message that was charged costs by the rate book as it is now: pure. What the message is was decided when it was
 * rated and stays: its category, whether it was free, its step of the volume tiers and the included volume it used up; only
 * prices are looked up again. So messages of a month can be priced anew in any order, and those that were right stay.
 *
 * @param plan the version that the price names
 */
export function reprice(book: RateBook, plan: PlanInForce | undefined, charged: BothSides): BothSides | NotRepriced {
  if (charged.price.rule.endsWith(BY_HAND)) return 'corrected_by_hand';
  if (!plan) return 'unknown_plan';
  const cost = costNow(book, charged.cost);
  if (!cost) return 'no_rate';
  const drawn = / included\/(\w+)$/.exec(charged.price.rule)?.[1];
  const made = priceOf(plan, cost, (name) => (name === drawn ? 0 : Number.POSITIVE_INFINITY));
  return made === 'no_exchange_rate' ? made : { cost, price: made.charge };
}

function costNow(book: RateBook, cost: Charge): Charge | undefined {
  const category = CARD_CATEGORIES.find((one) => one === cost.category);
  if (!cost.card || cost.market === null || !category) return cost;
  const rate = rateOfTier(book, cost.localDay, cost.currency, cost.market, category, cost.card.tier);
  return (
    rate && {
      ...cost,
      unitPrice: rate.price,
      amount: formatDecimal(times(parseDecimal(rate.price), cost.quantity)),
      card: { date: rate.cardDate, currency: rate.currency, tier: rate.tier },
    }
  );
}
