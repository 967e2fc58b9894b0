import type { UsageFact } from '#libs/usage';
import { type Timezones, timezoneAt } from '#libs/wabas';
import { zoneClock } from '../rating/local-time.js';
import type { DeliveredMessage, Pricing } from '../rating/verdict.js';

/** What a usage fact says, in the terms of rating. @throws RangeError for a zone that does not exist */
export function deliveredMessage(fact: UsageFact, waba: Timezones & { currency: string }): DeliveredMessage {
  const at = fact.deliveredAt.getTime();
  return {
    kind: fact.type === 'template' || fact.type === 'reaction' ? fact.type : 'text',
    // A group message says so in Meta's category (group_utility, ...), which is what rating goes by.
    toGroup: false,
    // Facts hold the digits of a number, or a user id that is in no market.
    to: /^\d+$/.test(fact.recipient) ? `+${fact.recipient}` : fact.recipient,
    at,
    lastAt: at,
    quantity: 1,
    category: fact.category?.toLowerCase(),
    pricing: (fact.pricing ?? undefined) as Pricing | undefined,
    waba: { zone: zoneClock(timezoneAt(waba, fact.deliveredAt)), currency: waba.currency, billedHere: true },
  };
}
