import { add, type Decimal, formatDecimal, parseDecimal, times, ZERO } from '#libs/money';
import { imaginedCost } from '../plans/imagined-cost.js';
import { priceOf } from '../plans/price-of.js';
import type { PlanInForce } from '../plans/terms.js';
import { type CardCategory, type RateBook, tierRateAt } from '../rate-card/rate-card.js';
import { FREE_A_MONTH, rulesOn } from '../rating/rules-in-force.js';
import type { VolumeCategory } from '../rating/verdict.js';

/** Customers of one market who are to get one message each of a category. */
export interface Planned {
  readonly market: string;
  readonly category: CardCategory;
  readonly count: number;
  /** How many of them have an open service window. */
  readonly inWindow: number;
}

/** What is known of the month before the audience is written to. */
export interface MonthSoFar {
  volumeUsed(market: string, category: VolumeCategory): number;
  readonly allowanceUsed: number;
  includedUsed(name: string): number;
}

/** Messages of one market and category that share a price. */
export interface EstimateLine {
  readonly market: string;
  readonly category: CardCategory;
  readonly quantity: number;
  /** null where no price is known. */
  readonly unitPrice: string | null;
  readonly amount: string | null;
  readonly currency: string;
  /** Step of Meta's volume tiers; 0 is the list price. */
  readonly tier: number;
  readonly why: string;
}

/**
 * What an audience will cost, as far as it can be known before: pure. Volume tiers are climbed from where the month stands,
 * free windows and allowances are used up first; Meta alone decides in the end.
 *
 * @param waba currency, and the local day on which it is planned
 */
export function estimateAudience(
  book: RateBook,
  plan: PlanInForce,
  waba: { currency: string; day: string },
  audience: readonly Planned[],
  month: MonthSoFar,
): { lines: EstimateLine[]; totals: { currency: string; amount: string }[] } {
  const rules = rulesOn(waba.day);
  const volumes = new Map<string, number>();
  const included = new Map<string, number>();
  const usedOf = (name: string): number => month.includedUsed(name) + (included.get(name) ?? 0);
  let allowanceLeft = Math.max(0, FREE_A_MONTH - month.allowanceUsed);
  const lines: EstimateLine[] = [];

  const put = (
    planned: Planned,
    quantity: number,
    metas: { price: string; tier: number } | undefined,
    why: string,
  ): void => {
    let left = quantity;
    while (left > 0) {
      const made = priceOf(plan, imaginedCost(waba, planned, metas), usedOf);
      if (made === 'no_exchange_rate') {
        lines.push({
          ...line(planned, left),
          unitPrice: null,
          amount: null,
          currency: waba.currency,
          tier: 0,
          why: made,
        });
        return;
      }
      const bucket = made.draws ? plan.terms.included.find((i) => i.name === made.draws) : undefined;
      const now = bucket ? Math.min(left, bucket.count - usedOf(bucket.name)) : left;
      if (bucket) included.set(bucket.name, (included.get(bucket.name) ?? 0) + now);
      const { unitPrice, currency } = made.charge;
      lines.push({
        ...line(planned, now),
        unitPrice,
        amount: formatDecimal(times(parseDecimal(unitPrice), now)),
        currency,
        tier: metas?.tier ?? 0,
        why: bucket ? `included/${bucket.name}` : why,
      });
      left -= now;
    }
  };

  for (const planned of audience) {
    const { market, category, count } = planned;
    let left = count;
    const free = freeOf(planned, rules, allowanceLeft);
    if (free.quantity > 0) put(planned, free.quantity, undefined, free.why);
    if (free.why === 'service_allowance') allowanceLeft -= free.quantity;
    left -= free.quantity;
    const volume: VolumeCategory | undefined =
      category === 'utility' ? 'utility' : category.startsWith('authentication') ? 'authentication' : undefined;
    const key = `${market}|${volume}`;
    while (left > 0) {
      const used = volume ? month.volumeUsed(market, volume) + (volumes.get(key) ?? 0) : 0;
      const rate = tierRateAt(book, waba.day, waba.currency, market, category, used + 1);
      if (!rate) {
        lines.push({
          ...line(planned, left),
          unitPrice: null,
          amount: null,
          currency: waba.currency,
          tier: 0,
          why: 'no_rate',
        });
        break;
      }
      const now = volume ? Math.min(left, rate.upTo - used) : left;
      put(planned, now, rate, rate.tier > 0 ? 'volume_tier' : 'list_price');
      if (volume) volumes.set(key, (volumes.get(key) ?? 0) + now);
      left -= now;
    }
  }
  const sums = new Map<string, Decimal>();
  for (const { amount, currency } of lines) {
    if (amount !== null) sums.set(currency, add(sums.get(currency) ?? ZERO, parseDecimal(amount)));
  }
  return { lines, totals: [...sums].map(([currency, sum]) => ({ currency, amount: formatDecimal(sum) })) };
}

const line = ({ market, category }: Planned, quantity: number) => ({ market, category, quantity });

/** How many are free at Meta, and by which rule. */
function freeOf(
  { category, count, inWindow }: Planned,
  rules: ReturnType<typeof rulesOn>,
  allowanceLeft: number,
): { quantity: number; why: string } {
  if (category === 'service') {
    if (rules?.serviceFree) return { quantity: count, why: 'service_free' };
    return { quantity: Math.min(count, allowanceLeft), why: 'service_allowance' };
  }
  if (category === 'utility' && rules?.utilityFreeInWindow) {
    return { quantity: Math.min(count, inWindow), why: 'service_window' };
  }
  return { quantity: 0, why: '' };
}
