/** What a price list or a discount can be about: the categories of charges. */
export const PRICED_CATEGORIES = [
  'marketing',
  'utility',
  'authentication',
  'authentication_international',
  'service',
] as const;
export type PricedCategory = (typeof PRICED_CATEGORIES)[number];

/**
 * The terms of one version of a plan: how the tenant's price is made of Meta's. All amounts are decimal strings in
 * `currency`; percentages are decimal strings, `'12.5'` is 12.5 %. `PASS_THROUGH` is the plan that adds nothing.
 */
export interface PlanTerms {
  /** What the tenant is billed in; null: the currency of each WABA, and then no amount below may be other than 0. */
  readonly currency: string | null;
  /** On Meta's unit price. */
  readonly markupPct: string;
  /** In place of `markupPct`, by category. */
  readonly markupPctByCategory: Readonly<Record<string, string>>;
  /** In place of Meta's price with its markup, where Meta charges; without a market: all markets. */
  readonly prices: readonly { readonly category: string; readonly market: string | null; readonly price: string }[];
  /** On top, for each message delivered (also those that are free at Meta) or received. */
  readonly feePerMessage: { readonly outbound: string; readonly inbound: string };
  /** 1 unit of `from` = `rate` units of `currency`; agreed with the version, so an old invoice stays as it is. */
  readonly fx: readonly { readonly from: string; readonly rate: string }[];
  readonly fxMarginPct: string;
  /** For the tenant, and for each of its numbers. */
  readonly monthlyFee: { readonly tenant: string; readonly number: string };
  /** So many messages a month that would cost something are free; empty `categories`: of any. The first that fits is used up first. */
  readonly included: readonly {
    readonly name: string;
    readonly categories: readonly string[];
    readonly count: number;
  }[];
  /** What a month costs at least, before tax. */
  readonly minimumPerMonth: string;
  /** Days from the day the tenant was put on the plan on which only Meta's price is asked: no markup, fee or margin. */
  readonly trialDays: number;
  /** Off the whole price of messages whose local day is in `[from, before)`; several add up one after the other. */
  readonly discounts: readonly {
    readonly from: string;
    readonly before: string;
    readonly pct: string;
    readonly categories: readonly string[];
  }[];
}

export const NO_TERMS: PlanTerms = {
  currency: null,
  markupPct: '0',
  markupPctByCategory: {},
  prices: [],
  feePerMessage: { outbound: '0', inbound: '0' },
  fx: [],
  fxMarginPct: '0',
  monthlyFee: { tenant: '0', number: '0' },
  included: [],
  minimumPerMonth: '0',
  trialDays: 0,
  discounts: [],
};

/** A version of a plan, and since when the tenant is on it. */
export interface PlanInForce {
  readonly plan: string;
  readonly version: number;
  readonly terms: PlanTerms;
  /** `YYYY-MM-DD`: when the tenant was first put on this plan, whatever the version; its trial begins here. */
  readonly since: string;
}

/** The tenant pays what Meta asks, in the currency of the WABA: the plan of whoever was put on no other. */
export const PASS_THROUGH: PlanInForce = { plan: 'pass_through', version: 1, terms: NO_TERMS, since: '0001-01-01' };

/** How a charge names the plan that priced it: `pass_through/1`. */
export const nameOf = ({ plan, version }: Pick<PlanInForce, 'plan' | 'version'>): string => `${plan}/${version}`;
