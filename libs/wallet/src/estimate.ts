import { marketOf } from '#libs/markets';

/** What is held for a message of a WABA, in the wallet's currency: decimal strings by category and market. */
export interface Estimates {
  /** Of each category the price by market; `*` is the dearest market, for a recipient whose market nobody can tell. */
  readonly prices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What a service message costs that is free at Meta. */
  readonly freeService: string;
  /** Numbers (our ids) whose free service messages of the month are not nearly used up. */
  readonly numbersWithAllowance: readonly string[];
}

/** The message that is about to be accepted. */
export interface Estimated {
  readonly phoneNumberId: string;
  /** Digits of a number, or an id of Meta's. */
  readonly recipient: string;
  /** Meta's message type. */
  readonly type: string;
  /** Category of the template, in small letters; absent for free-form messages. */
  readonly category?: string | undefined;
  /** Today, `YYYY-MM-DD`. */
  readonly day: string;
}

/**
 * What is held for a message: pure. The list price of its market and category, so that what is captured is rarely more;
 * undefined where nothing is known, and then nothing is held.
 */
export function estimateOf(estimates: Estimates, message: Estimated): string | undefined {
  if (message.type === 'reaction') return undefined;
  const category = message.category ?? 'service';
  if (category === 'service' && estimates.numbersWithAllowance.includes(message.phoneNumberId))
    return estimates.freeService;
  const prices = estimates.prices[category];
  const market = /^\d+$/.test(message.recipient) ? marketOf(`+${message.recipient}`, message.day)?.market : undefined;
  return (market === undefined ? undefined : prices?.[market]) ?? prices?.['*'];
}
