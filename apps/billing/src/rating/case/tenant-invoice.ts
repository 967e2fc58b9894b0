import {
  add,
  type Decimal,
  formatDecimal,
  isZero,
  multiply,
  parseDecimal,
  percentOf,
  plusPercent,
  roundHalfUp,
  times,
  trim,
  ZERO,
} from '#libs/money';
import type { TenantPlan, Waba } from './context.js';
import type { Charge } from './tally.js';

export interface InvoiceLine {
  readonly item: 'messages' | 'message_fee' | 'number_fee';
  readonly market?: string;
  readonly category?: string;
  readonly quantity: number;
  readonly unit_price: string;
  readonly amount: string;
}
export interface TenantInvoice {
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  readonly net: string;
  readonly tax: string;
  readonly total: string;
}

/** What is counted for the fees. */
export interface Usage {
  /** Delivered outbound messages on billed WABAs, free ones included. */
  readonly delivered: number;
  /** User messages to numbers of billed WABAs. */
  readonly inbound: number;
}

/**
 * What the tenant is billed. Lines are exact; the net is rounded once, the tax once, both half up (Meta does not publish
 * how it rounds, so nothing before the invoice is rounded).
 */
export function tenantInvoice(
  plan: TenantPlan,
  charges: readonly Charge[],
  usage: Usage,
  wabas: readonly Waba[],
): TenantInvoice {
  const fees = [messageFee(plan, usage), numberFee(plan, wabas)].filter((line) => line !== undefined);
  const lines = [...messageLines(plan, charges), ...fees];
  const sum = lines.reduce((so, line) => add(so, parseDecimal(line.amount)), ZERO);
  const net = roundHalfUp(sum, plan.decimals);
  const tax = roundHalfUp(percentOf(net, plan.taxPct), plan.decimals);
  return {
    currency: plan.currency,
    lines,
    net: formatDecimal(net),
    tax: formatDecimal(tax),
    total: formatDecimal(add(net, tax)),
  };
}

/** One line per market, category and price, in the order of the first charge of each. */
function messageLines(plan: TenantPlan, charges: readonly Charge[]): InvoiceLine[] {
  const lines = new Map<string, { market: string; category: string; price: Decimal; quantity: number }>();
  for (const { market, category, unit_price, currency, quantity } of charges) {
    const price = priceFor(plan, parseDecimal(unit_price), category, currency);
    const key = [market, category, formatDecimal(trim(price))].join('\n');
    const line = lines.get(key) ?? { market, category, price, quantity: 0 };
    line.quantity += quantity;
    lines.set(key, line);
  }
  return [...lines.values()].map(({ market, category, price, quantity }) => ({
    item: 'messages',
    market,
    category,
    quantity,
    unit_price: formatDecimal(trim(price)),
    amount: formatDecimal(trim(times(price, quantity))),
  }));
}

function priceFor(plan: TenantPlan, metas: Decimal, category: string, currency: string): Decimal {
  const marked = plusPercent(metas, plan.markupPctByCategory.get(category) ?? plan.markupPct);
  if (currency === plan.currency) return marked;
  const rate = plan.fx.get(currency);
  if (!rate) throw new Error(`no exchange rate from ${currency} to ${plan.currency}`);
  return plusPercent(multiply(marked, rate), plan.fxMarginPct);
}

function messageFee(plan: TenantPlan, { delivered, inbound }: Usage): InvoiceLine | undefined {
  const out = plan.feeAppliesTo.has('outbound_delivered') ? delivered : 0;
  return feeLine('message_fee', plan.feePerMessage, out + (plan.feeAppliesTo.has('inbound') ? inbound : 0));
}

function numberFee(plan: TenantPlan, wabas: readonly Waba[]): InvoiceLine | undefined {
  const numbers = wabas.reduce((so, waba) => so + (waba.billedHere ? waba.numbers.length : 0), 0);
  return feeLine('number_fee', plan.monthlyNumberFee, numbers * plan.months.length);
}

/** A fee of nothing, or for nothing, is no line. */
function feeLine(item: 'message_fee' | 'number_fee', fee: Decimal, quantity: number): InvoiceLine | undefined {
  if (isZero(fee) || quantity === 0) return undefined;
  return { item, quantity, unit_price: formatDecimal(fee), amount: formatDecimal(times(fee, quantity)) };
}
