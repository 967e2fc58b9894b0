import type { BillingProfile } from './billing-profiles.js';
import type { Assignment } from './plans.js';
import type { PlanInForce, PlanTerms } from './terms.js';

export interface ShownPlan {
  plan: string;
  version: number;
  terms: object;
}

/** Terms in the form in which staff write them. */
export const showTerms = (terms: PlanTerms): object => ({
  currency: terms.currency,
  markup_pct: terms.markupPct,
  markup_pct_by_category: terms.markupPctByCategory,
  prices: terms.prices,
  fee_per_message: terms.feePerMessage,
  fx: terms.fx,
  fx_margin_pct: terms.fxMarginPct,
  monthly_fee: terms.monthlyFee,
  included: terms.included,
  minimum_per_month: terms.minimumPerMonth,
  trial_days: terms.trialDays,
  discounts: terms.discounts,
});

export const showPlan = ({ plan, version, terms }: Pick<PlanInForce, 'plan' | 'version' | 'terms'>): ShownPlan => ({
  plan,
  version,
  terms: showTerms(terms),
});

/** Without the name of who did it, which is the provider's business. */
export const showAssignment = ({ fromDay, plan, version, assignedAt }: Assignment): object => ({
  from_day: fromDay,
  plan,
  version,
  assigned_at: assignedAt.toISOString(),
});

export const showProfile = (p: BillingProfile): object => ({
  legal_name: p.legalName,
  address: p.address,
  country: p.country,
  tax_id: p.taxId,
  is_business: p.isBusiness,
  language: p.language,
  timezone: p.timezone,
  legal_entity: p.legalEntity,
  issue_after_days: p.issueAfterDays,
});
