import type { Charge } from '#libs/ledger';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  isZero,
  multiply,
  parseDecimal,
  percentOf,
  plusPercent,
  subtract,
  times,
  trim,
  ZERO,
} from '#libs/money';
import { nameOf, type PlanInForce, type PlanTerms } from './terms.js';

/** The tenant's price of a message, and the included volume that it used up one of. */
export interface Priced {
  readonly charge: Charge;
  readonly draws: string | undefined;
}

/**
 * The tenant's price of a message: a pure function of Meta's cost, the plan in force on its day, and how much of the
 * included volumes of its month was used before it. Nothing is rounded.
 *
 * @param used messages of the month that the named included volume has covered
 * @returns 'no_exchange_rate' where the plan bills in another currency and says no rate: the message waits for staff
 */
export function priceOf(
  plan: PlanInForce,
  cost: Charge,
  used: (included: string) => number = () => 0,
): Priced | 'no_exchange_rate' {
  const { terms } = plan;
  const currency = terms.currency ?? cost.currency;
  const onTrial = isOnTrial(plan, cost.localDay);
  const unit = unitPrice(terms, cost, onTrial);
  if (!unit) return 'no_exchange_rate';
  const draws = isZero(unit.price)
    ? undefined
    : terms.included.find((i) => covers(i.categories, cost.category) && used(i.name) < i.count)?.name;
  const price = draws ? ZERO : unit.price;
  const how = draws ? `included/${draws}` : unit.how;
  const charge: Charge = {
    ...cost,
    side: 'price',
    unitPrice: formatDecimal(price),
    amount: formatDecimal(times(price, cost.quantity)),
    currency,
    rule: how === '' ? cost.rule : `${cost.rule} ${how}`,
    plan: nameOf(plan),
  };
  return { charge, draws };
}

/** Is a local day inside the trial of a plan? */
export function isOnTrial({ terms, since }: PlanInForce, day: string): boolean {
  if (terms.trialDays === 0) return false;
  const end = new Date(`${since}T00:00:00Z`);
  end.setUTCDate(end.getUTCDate() + terms.trialDays);
  return day >= since && day < end.toISOString().slice(0, since.length);
}

const covers = (categories: readonly string[], category: string): boolean =>
  categories.length === 0 || categories.includes(category);

/** One message in the plan's currency, and how the price came about ('' where it is Meta's as it is). */
function unitPrice(terms: PlanTerms, cost: Charge, onTrial: boolean): { price: Decimal; how: string } | undefined {
  const own = onTrial ? undefined : listPrice(terms, cost);
  const fee = onTrial ? ZERO : parseDecimal(terms.feePerMessage.outbound);
  const metas = own ?? metasPrice(terms, cost, onTrial);
  if (!metas) return undefined;
  const before = isZero(fee) ? metas : add(metas, fee);
  const price = discounted(terms, cost, before);
  if (isZero(price) && isZero(parseDecimal(cost.unitPrice))) return { price: ZERO, how: '' };
  if (onTrial) return { price: compact(price), how: 'trial' };
  const asIs =
    compare(price, parseDecimal(cost.unitPrice)) === 0 && (terms.currency ?? cost.currency) === cost.currency;
  if (asIs) return { price: parseDecimal(cost.unitPrice), how: '' };
  return { price: compact(price), how: own ? 'list_price' : 'markup' };
}

/** The plan's own price where Meta charges; free messages stay free but for the fee. */
function listPrice(terms: PlanTerms, cost: Charge): Decimal | undefined {
  if (cost.card === null) return undefined;
  const rows = terms.prices.filter((row) => row.category === cost.category);
  const found = rows.find((row) => row.market === cost.market) ?? rows.find((row) => row.market === null);
  return found && parseDecimal(found.price);
}

/** Meta's price with markup, in the plan's currency with its margin. */
function metasPrice(terms: PlanTerms, cost: Charge, onTrial: boolean): Decimal | undefined {
  const meta = parseDecimal(cost.unitPrice);
  if (isZero(meta)) return ZERO;
  const pct = terms.markupPctByCategory[cost.category] ?? terms.markupPct;
  const marked = onTrial ? meta : plusPercent(meta, parseDecimal(pct));
  if (terms.currency === null || terms.currency === cost.currency) return marked;
  const fx = terms.fx.find((row) => row.from === cost.currency);
  if (!fx) return undefined;
  const converted = multiply(marked, parseDecimal(fx.rate));
  return onTrial ? converted : plusPercent(converted, parseDecimal(terms.fxMarginPct));
}

function discounted(terms: PlanTerms, cost: Charge, price: Decimal): Decimal {
  return terms.discounts
    .filter((d) => cost.localDay >= d.from && cost.localDay < d.before && covers(d.categories, cost.category))
    .reduce((left, d) => subtract(left, percentOf(left, parseDecimal(d.pct))), price);
}

/** Trailing zeros beyond the four places that Meta prints say nothing. */
function compact(price: Decimal): Decimal {
  const short = trim(price);
  return short.scale >= 4 || short.scale === 0
    ? short
    : { units: short.units * 10n ** BigInt(4 - short.scale), scale: 4 };
}
