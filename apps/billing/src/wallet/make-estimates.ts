import { compare, type Decimal, formatDecimal, parseDecimal } from '#libs/money';
import type { Estimates } from '#libs/wallet';
import { imaginedCost } from '../plans/imagined-cost.js';
import { priceOf } from '../plans/price-of.js';
import type { PlanInForce } from '../plans/terms.js';
import { cardInForce, type RateBook } from '../rate-card/rate-card.js';

/** Whose messages: a WABA on a day of its zone. */
export interface EstimatedWaba {
  readonly currency: string;
  /** `YYYY-MM-DD` in the WABA's time zone. */
  readonly day: string;
}

const ORDER = ['marketing', 'utility', 'authentication', 'service'] as const;

/**
 * What is to be held for messages of a WABA: pure. The list price of each category and market under the plan in force, in
 * the wallet's currency; authentication at the dearer of its two prices. Prices in another currency are not held: those
 * messages are billed by invoice.
 */
export function makeEstimates(
  book: RateBook,
  plan: PlanInForce,
  waba: EstimatedWaba,
  walletCurrency: string,
  numbersWithAllowance: readonly string[],
): Estimates {
  const cardDate = cardInForce(book, waba.day);
  const card = cardDate === undefined ? undefined : book.cards.get(cardDate)?.get(waba.currency);
  const priced = (market: string, category: string, price: string | undefined): Decimal | undefined => {
    // An included volume may be used up by the time of delivery, so none is counted on.
    const rate = price === undefined ? undefined : { price, tier: 0 };
    const made = priceOf(plan, imaginedCost(waba, { market, category }, rate), () => Number.POSITIVE_INFINITY);
    return made === 'no_exchange_rate' || made.charge.currency !== walletCurrency
      ? undefined
      : parseDecimal(made.charge.unitPrice);
  };
  const prices: Record<string, Record<string, string>> = {};
  for (const category of ORDER) {
    const byMarket: Record<string, string> = {};
    let dearest: Decimal | undefined;
    for (const [market, cells] of card ?? []) {
      const rows = category === 'authentication' ? [category, 'authentication_international'] : [category];
      const found = rows.flatMap((row) => {
        const cell = cells.get(row);
        const price = cell && priced(market, row, cell.rate.price);
        return price ? [price] : [];
      });
      const price = dearestOf(found);
      if (!price) continue;
      byMarket[market] = formatDecimal(price);
      dearest = dearestOf(dearest ? [dearest, price] : [price]);
    }
    if (dearest) prices[category] = { '*': formatDecimal(dearest), ...byMarket };
  }
  const freeService = priced('Other', 'service', undefined);
  return { prices, freeService: formatDecimal(freeService ?? parseDecimal('0')), numbersWithAllowance };
}

const dearestOf = (prices: readonly Decimal[]): Decimal | undefined =>
  prices.reduce<Decimal | undefined>((best, price) => (best && compare(best, price) >= 0 ? best : price), undefined);
