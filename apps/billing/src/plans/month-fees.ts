import { add, compare, type Decimal, formatDecimal, isZero, parseDecimal, subtract, times } from '#libs/money';
import { isOnTrial } from './price-of.js';
import type { PlanInForce } from './terms.js';

/** One fee of a month, in the plan's currency. */
export interface MonthFee {
  readonly item: 'tenant_fee' | 'number_fee' | 'inbound_fee' | 'minimum';
  readonly quantity: number;
  readonly unitPrice: string;
  readonly amount: string;
}

/** What is counted for the fees of a month. */
export interface MonthFacts {
  /** Numbers of the tenant that were registered at Meta at the end of the month. */
  readonly numbers: number;
  /** Messages that customers wrote in the month. */
  readonly inbound: number;
  /** The prices of all messages of the month in the plan's currency, unrounded. */
  readonly messages: Decimal;
}

/**
 * The fees of a month: pure. A month that begins inside the plan's trial bears none. The minimum is what the messages and
 * the other fees fall short of it.
 *
 * @param firstDay `YYYY-MM-01` of the month
 */
export function feesOfMonth(plan: PlanInForce, firstDay: string, facts: MonthFacts): MonthFee[] {
  const { terms } = plan;
  if (isOnTrial(plan, firstDay)) return [];
  const fees = [
    fee('tenant_fee', 1, terms.monthlyFee.tenant),
    fee('number_fee', facts.numbers, terms.monthlyFee.number),
    fee('inbound_fee', facts.inbound, terms.feePerMessage.inbound),
  ].filter((f) => f.quantity > 0 && !isZero(parseDecimal(f.amount)));
  const soFar = fees.reduce((sum, f) => add(sum, parseDecimal(f.amount)), facts.messages);
  const short = subtract(parseDecimal(terms.minimumPerMonth), soFar);
  if (compare(short, parseDecimal('0')) > 0) fees.push(fee('minimum', 1, formatDecimal(short)));
  return fees;
}

const fee = (item: MonthFee['item'], quantity: number, unitPrice: string): MonthFee => ({
  item,
  quantity,
  unitPrice,
  amount: formatDecimal(times(parseDecimal(unitPrice), quantity)),
});
