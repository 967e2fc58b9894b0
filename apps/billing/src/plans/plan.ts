import type { Charge } from '#libs/ledger';

/** How the provider makes a tenant's price of Meta's cost. A version of a plan never changes once it has priced. */
export type Plan = { readonly kind: 'pass_through'; readonly version: number };

/** The tenant pays what Meta asks, in the currency of the WABA. */
export const PASS_THROUGH: Plan = { kind: 'pass_through', version: 1 };

/** How a charge names the plan that priced it: `pass_through/1`. */
export const nameOf = (plan: Plan): string => `${plan.kind}/${plan.version}`;

/** The tenant's price of a message: a pure function of Meta's cost and the plan in force on its day. */
export function priceOf(plan: Plan, cost: Charge): Charge {
  switch (plan.kind) {
    case 'pass_through':
      return { ...cost, side: 'price', plan: nameOf(plan) };
  }
}
