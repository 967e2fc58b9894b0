// When a date in a time zone has come is asked for each status, and making a formatter is slow.
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The calendar date `YYYY-MM-DD` at an instant in an IANA zone; an unknown zone is taken as UTC. */
export function localDate(at: number, timezone: string): string {
  let formatter = formatters.get(timezone);
  if (!formatter) {
    const format = (zone: string) =>
      new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    try {
      formatter = format(timezone);
    } catch {
      formatter = format('UTC');
    }
    formatters.set(timezone, formatter);
  }
  return formatter.format(at);
}

export type PricingCategory =
  | 'marketing'
  | 'marketing_lite'
  | 'utility'
  | 'authentication'
  | 'authentication-international'
  | 'service'
  | 'referral_conversion';

export interface PricingFacts {
  /** Category of the template; undefined for a message that is none. */
  category?: 'marketing' | 'marketing_lite' | 'utility' | 'authentication' | 'authentication-international';
  reaction: boolean;
  inServiceWindow: boolean;
  inFreeEntry: boolean;
  /** Date of the status in the WABA's zone: price rules begin at its midnight (pricing/rules.md §0). */
  date: string;
  /** Service messages this number had delivered in this month before this one. */
  serviceDelivered: number;
}

export type Pricing =
  | { billable: boolean; pricing_model: 'CBP'; category: PricingCategory }
  | {
      billable: boolean;
      pricing_model: 'PMP';
      type: 'regular' | 'free_customer_service' | 'free_entry_point';
      category: PricingCategory;
    };

const PER_MESSAGE_FROM = '2025-07-01';
const SERVICE_CHARGED_FROM = '2026-10-01';
const FREE_SERVICE_MESSAGES = 1_000;

/**
 * The `pricing` block of a status (pricing/rules.md §4–5). Before July 2025 conversations were charged; of that time only
 * the form of the block is imitated, not which conversation a message falls in.
 */
export function pricingOf(facts: PricingFacts): Pricing {
  const category: PricingCategory = facts.category ?? 'service';
  if (facts.date < PER_MESSAGE_FROM) {
    const conversation = facts.inFreeEntry ? 'referral_conversion' : category;
    const billable = conversation !== 'referral_conversion' && conversation !== 'service';
    return { billable, pricing_model: 'CBP', category: conversation };
  }
  const pmp = (
    type: 'regular' | 'free_customer_service' | 'free_entry_point',
    named: PricingCategory = category,
  ): Pricing => ({
    billable: type === 'regular',
    pricing_model: 'PMP',
    type,
    category: named,
  });
  if (facts.inFreeEntry) return pmp('free_entry_point', 'referral_conversion');
  const charged = facts.date >= SERVICE_CHARGED_FROM;
  if (category === 'service') {
    const free = !charged || facts.reaction || facts.serviceDelivered < FREE_SERVICE_MESSAGES;
    return pmp(free ? 'free_customer_service' : 'regular');
  }
  return pmp(category === 'utility' && facts.inServiceWindow && !charged ? 'free_customer_service' : 'regular');
}
