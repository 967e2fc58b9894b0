import { cardDateOn, dayIn, hasInternationalPrice, listPrice, monthIn, placeOf, tierPrice } from './facts.js';
import { type Case, type International, instant, type Pricing, type Waba } from './read-case.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** One delivered message, one member's copy of a group message, or one block of equal messages. */
export interface Delivery {
  event: string;
  /** Its place in the file, for equal instants. */
  place: number;
  at: number;
  lastAt?: number;
  count: number;
  number: string;
  to: string;
  group?: string;
  reaction: boolean;
  template: boolean;
  /** Category carried by the message or by its template at `sent_at`. */
  stored?: string;
  inWindow?: boolean;
  pricing: Pricing;
}
export interface Charge {
  event: string;
  waba: string;
  market: string;
  category: string;
  unit_price: string;
  quantity: number;
  currency: string;
}
export interface Answer {
  event: string;
  reason: string;
  quantity: number;
}
export interface Judgement {
  charges: Charge[];
  free: Answer[];
  parked: Answer[];
}

/** What has happened so far: written by `judge` and by the knowledge events of `rate-slowly.ts`. */
export interface Past {
  inbound: { pair: string; at: number }[];
  entries: { pair: string; at: number; answered?: number }[];
  freeWindows: { pair: string; from: number; until: number }[];
  conversations: { pair: string; category: string; from: number; until: number }[];
  used: Map<string, number>;
  /** What Meta has said or will say about a portfolio, by time; the last word before an instant holds. */
  international: { portfolio: string; at: number; facts: International }[];
  location: { portfolio: string; at: number; facts: { country: string | null; verified: boolean } }[];
}

const CATEGORIES = ['marketing', 'utility', 'authentication', 'authentication_international', 'service'];
/** The row of the card that a category name stands for; undefined for a name that section 5 does not know. */
function rowNamed(category: string): string | undefined {
  const name = category.replaceAll('-', '_');
  if (name === 'marketing_lite') return 'marketing';
  if (['group_marketing', 'group_utility', 'group_service'].includes(name)) return name.slice('group_'.length);
  const known = [...CATEGORIES, 'business_initiated', 'user_initiated', 'referral_conversion'];
  return known.includes(name) ? name : undefined;
}
const TYPES = ['regular', 'free_customer_service', 'free_entry_point', 'free_group_customer_service'];

/** Judges one delivery by sections 5 and 6 and notes in `past` what it changes. */
export function judge(d: Delivery, known: Case, past: Past): Judgement {
  const waba = known.wabas.find((w) => w.numbers.includes(d.number));
  const answer = (reason: string, quantity = d.count): Answer => ({ event: d.event, reason, quantity });
  const free = (reason: string): Judgement => ({ charges: [], free: [answer(reason)], parked: [] });
  const parked = (reason: string): Judgement => ({ charges: [], free: [], parked: [answer(reason)] });

  if (isTooOldForGroups(d, known, d.at)) return parked('unknown_kind');
  if (!waba) return parked('unknown_number');
  const other = waba.billed_by === 'other';
  if (d.reaction) return free(other ? 'not_billed_here' : 'reaction');
  const result = unknownValue(d, waba) ?? byTheRules(d, waba, past);
  if (other) return free('not_billed_here');
  return typeof result === 'string' ? parked(result) : result;
}

/** Section 5: "group events before 2025-07-01" are an unknown kind, which is asked before all else, even before the number. */
export const isTooOldForGroups = (d: { number: string; group?: string }, known: Case, at: number): boolean => {
  const zone = known.wabas.find((w) => w.numbers.includes(d.number))?.timezone ?? 'UTC';
  return d.group !== undefined && dayIn(zone, at) < '2025-07-01';
};

const eraOf = (day: string): 'cbp1' | 'cbp2' | 'pmp' =>
  day < '2023-06-01' ? 'cbp1' : day < '2025-07-01' ? 'cbp2' : 'pmp';

/** The category of a template, or the reason to park it. */
function unknownValue(d: Delivery, waba: Waba): string | undefined {
  const { pricing_model, type, category } = d.pricing;
  if (pricing_model !== undefined && !['CBP', 'PMP'].includes(pricing_model)) return 'unknown_pricing_model';
  if (type !== undefined && !TYPES.includes(type)) return 'unknown_pricing_type';
  if (category !== undefined && rowNamed(category) === undefined) return 'unknown_category';
  const era = eraOf(dayIn(waba.timezone, d.at));
  if (era === 'cbp1' || !d.template) return undefined;
  const counts = era === 'pmp' ? (category ?? d.stored) : (d.stored ?? category);
  return counts === undefined || rowNamed(counts) === undefined ? 'unknown_category' : undefined;
}

/** The row of the card for this delivery if it were charged at `at`. */
function categoryAt(d: Delivery, waba: Waba, past: Past, at: number): string {
  const day = dayIn(waba.timezone, at);
  const fromMeta = eraOf(day) === 'pmp' ? d.pricing.category : d.stored === undefined && d.pricing.category;
  if (d.template && fromMeta) return rowNamed(fromMeta) ?? '';
  if (!d.template) return (eraOf(day) === 'pmp' && d.pricing.category && rowNamed(d.pricing.category)) || 'service';
  const category = rowNamed(d.stored ?? '') ?? '';
  return category === 'authentication' && isInternational(d, waba, past, at)
    ? 'authentication_international'
    : category;
}

function saidBy<T>(words: { portfolio: string; at: number; facts: T }[], portfolio: string, at: number): T | undefined {
  const said = words.filter((word) => word.portfolio === portfolio && word.at <= at);
  return said.sort((a, b) => a.at - b.at).at(-1)?.facts;
}

/** rules.md 4.4. */
function isInternational(d: Delivery, waba: Waba, past: Past, at: number): boolean {
  const day = dayIn(waba.timezone, at);
  const place = placeOf(d.to, day);
  const facts = saidBy(past.international, waba.portfolio, at);
  if (!place || !facts?.eligible || !hasInternationalPrice(place.market, day)) return false;
  const home = saidBy(past.location, waba.portfolio, at);
  if (home?.verified && home.country === place.country) return false;
  const exception = facts.exception_countries?.find((e) => e.country_code === place.country);
  return at >= instant(exception ? exception.start_time : facts.start_time);
}

function straddles(d: Delivery, waba: Waba, past: Past): boolean {
  const seenAt = (at: number): string => {
    const day = dayIn(waba.timezone, at);
    const category = d.template && eraOf(day) !== 'cbp1' ? categoryAt(d, waba, past, at) : '';
    return [cardDateOn(day), day.slice(0, 7), placeOf(d.to, day)?.market, category].join();
  };
  return d.lastAt !== undefined && seenAt(d.at) !== seenAt(d.lastAt);
}

function byTheRules(d: Delivery, waba: Waba, past: Past): Judgement | string {
  if (straddles(d, waba, past)) return 'bulk_straddles_change';
  const day = dayIn(waba.timezone, d.at);
  const pair = `${d.number} ${d.to}`;
  const alone = d.group === undefined && d.lastAt === undefined;
  const closed = alone ? answerEntries(d, pair, day, past) : { undo: () => undefined };
  const result = eraOf(day) === 'pmp' ? perMessage(d, waba, past) : conversation(d, waba, past);
  const all = typeof result === 'string' ? result : undefined;
  // Section 5: a parked message opens no conversation, hence no free entry either. Where parking is due to free entry
  // itself (6.5) it is the answer from which the seven days run.
  if (all !== undefined && all !== 'free_entry_undecided') closed.undo();
  return result;
}

/** Section 6.5: this delivery answers all entry messages of the pair that wait; says how to take that back. */
function answerEntries(d: Delivery, pair: string, day: string, past: Past): { undo: () => void } {
  const waiting = past.entries.filter((e) => e.pair === pair && e.answered === undefined);
  const inTime = waiting.some((e) => d.at < e.at + DAY);
  const windows = past.freeWindows.length;
  if (inTime && !inFreeWindow(pair, d.at, past)) {
    past.freeWindows.push({ pair, from: d.at, until: d.at + (day < '2023-03-01' ? 24 : 72) * HOUR });
  }
  for (const entry of waiting) entry.answered = d.at;
  return {
    undo: () => {
      past.freeWindows.length = windows;
      for (const entry of waiting) entry.answered = undefined;
    },
  };
}
const inFreeWindow = (pair: string, at: number, past: Past): boolean =>
  past.freeWindows.some((w) => w.pair === pair && w.from <= at && at < w.until);

/** Meta alone knows whether this delivery is in a free entry window (6.5, from 2026-10-01). */
const isUndecided = (pair: string, at: number, past: Past): boolean =>
  past.entries.some((e) => {
    if (e.pair !== pair || e.at > at) return false;
    const answeredInTime = e.answered !== undefined && e.answered < e.at + DAY;
    return at < e.at + DAY || (answeredInTime && at < (e.answered ?? 0) + 7 * DAY);
  });

function isWindowOpen(d: Delivery, past: Past): boolean {
  if (d.inWindow !== undefined) return d.inWindow;
  if (d.lastAt !== undefined) return false;
  const pair = d.group === undefined ? `${d.number} ${d.to}` : `${d.number} group ${d.group}`;
  return past.inbound.some((u) => u.pair === pair && u.at <= d.at && d.at < u.at + DAY);
}

const take = (past: Past, key: string, count: number): void => {
  past.used.set(key, (past.used.get(key) ?? 0) + count);
};

/** The first `count - due` messages are free for `reason`, the last `due` of them are charged at the list or tier price. */
function bill(d: Delivery, waba: Waba, past: Past, category: string, due: number, reason: string): Judgement | string {
  const day = dayIn(waba.timezone, d.at);
  const result: Judgement = { charges: [], free: [], parked: [] };
  if (d.count > due) result.free.push({ event: d.event, reason, quantity: d.count - due });
  if (due === 0) return result;
  const market = placeOf(d.to, day)?.market;
  const list = market && listPrice(day, waba.currency, market, category);
  const tiered = ['utility', 'authentication', 'authentication_international'].includes(category);
  const counted = tiered && d.group === undefined && day >= '2026-04-01';
  const shared = category === 'utility' ? 'utility' : 'authentication';
  const key = `volume ${waba.portfolio} ${market} ${shared} ${day.slice(0, 7)}`;
  const before = past.used.get(key) ?? 0;
  if (!market || !list) {
    // "A price is looked up only when a charge is due" (5): of a message that Meta bills to someone else none is, and
    // it counts (3.1, 6.4) even where its currency has no card.
    if (market && counted && waba.billed_by === 'other') take(past, key, due);
    const why = market ? 'no_rate' : 'unknown_market';
    if (due === d.count) return why;
    result.parked.push({ event: d.event, reason: why, quantity: due });
    return result;
  }
  for (let n = 1; n <= due; n += 1) {
    const unit_price = counted ? tierPrice(list, waba.currency, market, category, before + n) : list;
    const same = result.charges.find((c) => c.unit_price === unit_price);
    if (same) same.quantity += 1;
    else {
      const { currency } = waba;
      result.charges.push({ event: d.event, waba: waba.id, market, category, unit_price, quantity: 1, currency });
    }
  }
  if (counted) take(past, key, due);
  return result;
}

/** rules.md 2 and 3, with sections 6.5 and 6.6. */
function conversation(d: Delivery, waba: Waba, past: Past): Judgement | string {
  const day = dayIn(waba.timezone, d.at);
  const pair = `${d.number} ${d.to}`;
  const free = (reason: string) => bill(d, waba, past, '', 0, reason);
  // "In the conversation eras each message [of a bulk] opens its own conversation": its users occur nowhere else.
  const alone = d.lastAt === undefined;
  if (alone && inFreeWindow(pair, d.at, past)) return free('free_entry');
  const open = past.conversations.filter((c) => alone && c.pair === pair && c.from <= d.at && d.at < c.until);
  const first = eraOf(day) === 'cbp1';
  const named = first ? '' : categoryAt(d, waba, past, d.at);
  const category = !first ? named : !d.template || isWindowOpen(d, past) ? 'user_initiated' : 'business_initiated';
  const kin = (c: string): string => (c === 'authentication_international' ? 'authentication' : c);
  if (first || !d.template ? open.length > 0 : open.some((c) => kin(c.category) === kin(category))) {
    return free('open_conversation');
  }
  if (d.template && category === 'referral_conversion') return free('free_entry');
  const opens = () => {
    if (alone) past.conversations.push({ pair, category, from: d.at, until: d.at + DAY });
  };
  const tiered = first || (!d.template && day < '2024-11-01');
  if (!tiered && !d.template) {
    opens();
    return free('service_free');
  }
  const key = `conversations ${waba.id} ${monthIn(waba.timezone, d.at)}`;
  const left = tiered ? Math.max(0, 1000 - (past.used.get(key) ?? 0)) : 0;
  const result = bill(d, waba, past, category, Math.max(0, d.count - left), 'free_conversation_tier');
  if (typeof result === 'string') return result;
  if (tiered) take(past, key, Math.min(left, d.count));
  opens();
  return result;
}

/** rules.md 4, with sections 6.2, 6.4, 6.5 and 6.7. */
function perMessage(d: Delivery, waba: Waba, past: Past): Judgement | string {
  const day = dayIn(waba.timezone, d.at);
  const pair = `${d.number} ${d.to}`;
  const october = day >= '2026-10-01';
  const { type } = d.pricing;
  const free = (reason: string) => bill(d, waba, past, '', 0, reason);
  const category = categoryAt(d, waba, past, d.at);
  // "The webhook wins" (6.2): what Meta calls service is a service message here, whatever was sent.
  const service = category === 'service';
  const allowance = `allowance ${d.number} ${monthIn(waba.timezone, d.at)}`;
  const draw = () => {
    if (october && service) take(past, allowance, d.count);
  };

  if (d.pricing.pricing_model === 'CBP') {
    // 6.7 knows one exception only, and this is none: what Meta decides, "the unit is drawn all the same".
    if (type !== 'free_entry_point') draw();
    return free('open_conversation');
  }
  if (type === 'free_entry_point' || category === 'referral_conversion') return free('free_entry');
  if (type === 'free_customer_service' || type === 'free_group_customer_service') {
    draw();
    if (service) return free(october ? 'service_allowance' : 'service_free');
    return free(category === 'utility' && !october ? 'service_window' : 'free_by_webhook');
  }
  if (type === undefined) {
    const alone = d.group === undefined && d.lastAt === undefined;
    if (october && alone && isUndecided(pair, d.at, past)) return 'free_entry_undecided';
    if (!october && alone && inFreeWindow(pair, d.at, past)) return free('free_entry');
    const edge = past.conversations.some(
      (c) => c.pair === pair && c.category === 'utility' && c.from <= d.at && d.at < c.until,
    );
    if (category === 'utility' && alone && edge) return free('open_conversation');
    if (category === 'utility' && !october && isWindowOpen(d, past)) return free('service_window');
    if (service && !october) return free('service_free');
    if (service) {
      const left = Math.max(0, 1000 - (past.used.get(allowance) ?? 0));
      const result = bill(d, waba, past, category, Math.max(0, d.count - left), 'service_allowance');
      if (typeof result !== 'string') draw();
      return result;
    }
  }
  const result = bill(d, waba, past, category, d.count, '');
  if (typeof result !== 'string') draw();
  return result;
}
