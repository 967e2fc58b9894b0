/** Meta's `cost` to the provider, or the provider's `price` to the tenant. */
export type Side = 'cost' | 'price';

/** What one message costs on one side. Amounts are decimal strings, exact. */
export interface Charge {
  readonly messageId: string;
  readonly side: Side;
  readonly wabaId: string;
  readonly phoneNumberId: string;
  /** null where the message is free and its recipient has no number that a market could be told from. */
  readonly market: string | null;
  readonly category: string;
  readonly quantity: number;
  readonly unitPrice: string;
  /** `unitPrice` x `quantity`. */
  readonly amount: string;
  readonly currency: string;
  /** The rule that decided, such as `pmp/regular`. */
  readonly rule: string;
  /** Why Meta asks nothing; null where a rate row was used. */
  readonly freeReason: string | null;
  /** Plan and version that made the price; null on the side of the cost. */
  readonly plan: string | null;
  /** The rate row of Meta's cost: (`date`, `currency`, market, category); `tier` 0 is the list price. */
  readonly card: { readonly date: string; readonly currency: string; readonly tier: number } | null;
  /** The billing moment: the earliest proof of delivery. */
  readonly billedAt: Date;
  /** `YYYY-MM-DD`, its day in the time zone of the WABA. */
  readonly localDay: string;
  /** 0 as first rated, which is also meant when absent; odd takes the one before back, even is the corrected one. */
  readonly revision?: number;
  /** The day it counts for, where its own month was closed when it came; else null or absent. */
  readonly bookedOn?: string | null;
}

/** Charges that one line of an invoice sums up: alike in everything named here. */
export interface ChargeGroup {
  readonly currency: string;
  readonly market: string | null;
  readonly category: string;
  readonly unitPrice: string;
  readonly rule: string;
  readonly freeReason: string | null;
  readonly plan: string | null;
  readonly card: Charge['card'];
  readonly quantity: number;
  readonly amount: string;
}

/** A range of local days, both included. */
export interface Days {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Where a page of charges ended. */
export interface ChargeCursor {
  /** The day it is booked on. */
  readonly day: string;
  readonly messageId: string;
  readonly revision: number;
}
