import { add, type Decimal, formatDecimal, parseDecimal, times, trim, ZERO } from '#libs/money';
import type { Charged, FreeReason, ParkReason, Verdict } from '../verdict.js';
import type { Waba } from './context.js';

/** One line of Meta's cost. */
export interface Charge {
  readonly event: string;
  readonly waba: string;
  readonly market: string;
  readonly category: string;
  readonly unit_price: string;
  quantity: number;
  /** `unit_price` x `quantity`, exact. */
  amount: string;
  readonly currency: string;
  /** The card that was in force, and the rule that decided. */
  readonly card: string;
  readonly rule: string;
}
interface FreeLine {
  readonly event: string;
  readonly reason: FreeReason;
  quantity: number;
}
interface ParkedLine {
  readonly event: string | null;
  readonly reason: ParkReason;
  quantity: number;
}

const within = <V>(map: Map<string, V>, key: string, make: () => V): V => {
  const held = map.get(key) ?? make();
  map.set(key, held);
  return held;
};

/** Adds verdicts up into the lines of the output: one per event and outcome, whatever order its parts come in. */
export class Tally {
  readonly #charges = new Map<string, Charge>();
  readonly #free = new Map<string, FreeLine>();
  readonly #parked = new Map<string, ParkedLine>();
  /** Delivered messages on billed WABAs that were priced or free. */
  delivered = 0;

  add(event: string, waba: Waba, verdict: Verdict): void {
    const { outcome, quantity } = verdict;
    if (outcome !== 'parked' && waba.billedHere) this.delivered += quantity;
    if (outcome === 'parked') this.park(event, verdict.reason, quantity);
    else if (outcome === 'free') this.free(event, verdict.reason, quantity);
    else this.#charge(event, waba, verdict);
  }

  free(event: string, reason: FreeReason, quantity: number): void {
    within(this.#free, `${event}\n${reason}`, () => ({ event, reason, quantity: 0 })).quantity += quantity;
  }

  park(event: string | null, reason: ParkReason, quantity: number): void {
    const key = `${event === null ? '' : `:${event}`}\n${reason}`;
    within(this.#parked, key, () => ({ event, reason, quantity: 0 })).quantity += quantity;
  }

  #charge(event: string, waba: Waba, { market, category, rate, quantity, rule }: Charged): void {
    const { price, currency, cardDate } = rate;
    const key = [event, market, category, price, cardDate].join('\n');
    const line = within(this.#charges, key, () => ({
      event,
      waba: waba.id,
      market,
      category,
      unit_price: price,
      quantity: 0,
      amount: '0',
      currency,
      card: cardDate,
      rule,
    }));
    line.quantity += quantity;
    line.amount = formatDecimal(times(parseDecimal(price), line.quantity));
  }

  lines(): { charges: Charge[]; free: FreeLine[]; parked: ParkedLine[] } {
    return {
      charges: [...this.#charges.values()],
      free: [...this.#free.values()],
      parked: [...this.#parked.values()],
    };
  }

  /** Sums of charges by currency, exact, for every currency of the billed WABAs. */
  totals(wabas: readonly Waba[]): Record<string, string> {
    const sums = new Map<string, Decimal>();
    for (const waba of wabas) if (waba.billedHere) sums.set(waba.currency, ZERO);
    for (const { currency, amount } of this.#charges.values()) {
      sums.set(currency, add(sums.get(currency) ?? ZERO, parseDecimal(amount)));
    }
    return Object.fromEntries([...sums].map(([currency, sum]) => [currency, formatDecimal(trim(sum))]));
  }
}
