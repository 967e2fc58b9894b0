import { marketOf, type Place } from '#libs/markets';
import { type CardCategory, cardInForce, type RateBook, tierRateAt } from '../rate-card/rate-card.js';
import { isAuthInternational } from './auth-international.js';
import { type Meaning, meaningOf, PRICING_MODELS, PRICING_TYPES } from './categories.js';
import type { LocalDay } from './local-time.js';
import { FREE_A_MONTH, type Rules, rulesOn } from './rules-in-force.js';
import {
  type ConversationCategory,
  type DeliveredMessage,
  type FreeReason,
  type Known,
  type Moves,
  NO_MOVES,
  type ParkReason,
  type Verdict,
  type VolumeCategory,
} from './verdict.js';

/** One message in the middle of being rated. */
interface Case {
  readonly message: DeliveredMessage;
  readonly known: Known;
  readonly book: RateBook;
  readonly local: LocalDay;
}

/**
 * Prices one delivered message, or the first part of a block that shares one outcome: a pure function of the message,
 * of what was known at its billing moment, and of the cards. It never throws for what Meta may send; what it cannot
 * price with certainty it parks.
 *
 * A verdict may cover fewer messages than a block has, where an allowance or a volume band ends inside it: apply its
 * moves, then ask again for the rest. One message is always covered whole.
 */
export function rateMessage(message: DeliveredMessage, known: Known, book: RateBook): Verdict {
  const local = message.waba.zone.dayAt(message.at);
  const verdict = rate({ message, known, book, local });
  if (message.waba.billedHere || (verdict.outcome === 'free' && verdict.reason === 'not_billed_here')) return verdict;
  // Whoever is billed, the message counts; one that could not be priced counts for nobody, as its moves say.
  const { rule, quantity, day, month, moves } = verdict;
  return { outcome: 'free', reason: 'not_billed_here', rule, quantity, day, month, moves };
}

function rate(now: Case): Verdict {
  const { message, local } = now;
  if (message.kind === 'reaction') return free(now, 'reaction', 'reaction');
  const { pricing } = message;
  if (isNew(pricing?.pricing_model, PRICING_MODELS)) return park(now, 'unknown_pricing_model', 'webhook');
  if (isNew(pricing?.type, PRICING_TYPES)) return park(now, 'unknown_pricing_type', 'webhook');
  if (pricing?.category != null && !meaningOf(pricing.category)) return park(now, 'unknown_category', 'webhook');

  const rules = rulesOn(local.day);
  // No card is older than the first rules, so nothing before them has a price.
  if (!rules) return park(now, 'no_rate', 'before-rules');
  const meaning = meaningIn(rules, message);
  if (!meaning) return park(now, 'unknown_category', rules.model);
  if (message.lastAt !== message.at && straddles(now, meaning)) return park(now, 'bulk_straddles_change', rules.model);

  if (rules.model === 'pmp') return perMessage(now, rules, meaning);
  return rules.model === 'cbp2' ? byCategory(now, rules, meaning) : byBeginner(now);
}

const isNew = (value: unknown, known: ReadonlySet<unknown>): boolean => value != null && !known.has(value);

const SERVICE: Meaning = Object.freeze({ row: 'service', group: false });

/**
 * What the message is priced as, or undefined if nobody said so in a word that is understood. Per message Meta's word
 * comes first; in the conversation eras it stands in for a template whose category was not stored. Conversations of
 * 2022 have no category.
 */
function meaningIn(rules: Rules, { kind, category, pricing }: DeliveredMessage): Meaning | undefined {
  if (rules.model === 'pmp') {
    if (pricing?.category != null) return meaningOf(pricing.category);
    return kind === 'text' ? SERVICE : meaningOf(category);
  }
  if (kind === 'text' || rules.model === 'cbp1') return SERVICE;
  return meaningOf(category ?? pricing?.category);
}

/** Authentication has two prices; a category that came from the webhook already names one of them. */
function rowFor({ message, known, local }: Case, row: CardCategory, market: string): CardCategory {
  if (row !== 'authentication' || namedByWebhook(rulesOn(local.day), message)) return row;
  const international = isAuthInternational(market, local.day, message.at, known.portfolio);
  return international ? 'authentication_international' : row;
}

const namedByWebhook = (rules: Rules | undefined, { category, pricing }: DeliveredMessage): boolean =>
  pricing?.category != null && (rules?.model === 'pmp' || category === undefined);

/** Do the first and the last message of a block differ in card, month, market or category? */
function straddles(now: Case, { row }: Meaning): boolean {
  const { message, known, book, local } = now;
  const last = message.waba.zone.dayAt(message.lastAt);
  if (last.month !== local.month) return true;
  if (cardInForce(book, last.day) !== cardInForce(book, local.day)) return true;
  const market = marketOf(message.to, local.day)?.market;
  if (market !== marketOf(message.to, last.day)?.market) return true;
  if (market === undefined || row === 'free_entry') return false;
  const atLast = { ...message, at: message.lastAt };
  const lastRow = rowFor(
    { message: atLast, known: { ...known, portfolio: known.portfolioAtLast }, book, local: last },
    row,
    market,
  );
  return rowFor(now, row, market) !== lastRow;
}

// --- 2025-07-01 on: each delivered message ---------------------------------------------------------------------------

const DRAWS: Moves = Object.freeze({ ...NO_MOVES, allowance: true });

function perMessage(now: Case, rules: Rules, { row, group: groupCategory }: Meaning): Verdict {
  const { message, known } = now;
  const { pricing } = message;
  const group = message.toGroup || groupCategory;
  // A service message uses the allowance whatever Meta's model and type say of its price, except in free entry.
  const draws = rules.serviceAllowance && row === 'service' && pricing?.type !== 'free_entry_point';
  const moves = draws ? DRAWS : NO_MOVES;

  // A utility conversation opened before July 2025 goes on under its old model until it ends.
  if (pricing?.pricing_model === 'CBP') return free(now, 'open_conversation', 'pmp/conversation', moves);
  if (row === 'free_entry') return free(now, 'free_entry', 'pmp/referral_conversion');
  switch (pricing?.type ?? undefined) {
    case 'regular':
      return charge(now, row, group, 'pmp/regular', moves);
    case 'free_entry_point':
      return free(now, 'free_entry', 'pmp/free_entry_point');
    case 'free_customer_service':
    case 'free_group_customer_service':
      return free(now, whyCustomerServiceIsFree(rules, row), 'pmp/free_customer_service', moves);
  }

  if (known.freeEntry === 'undecided') return park(now, 'free_entry_undecided', 'pmp/free_entry');
  if (known.freeEntry !== 'none') return free(now, 'free_entry', 'pmp/free_entry');
  if (row === 'service') return service(now, rules, group, moves);
  if (row === 'utility') {
    if (known.openConversations.includes('utility')) return free(now, 'open_conversation', 'pmp/conversation');
    if (rules.utilityFreeInWindow && known.serviceWindowOpen) return free(now, 'service_window', 'pmp/service_window');
  }
  return charge(now, row, group, `pmp/${row}`, moves);
}

/**
 * `free_customer_service` meant utility or a non-template message inside the window until 2026-09-30, and a service
 * message inside the allowance since (Meta, status webhook reference, autumn 2026).
 */
function whyCustomerServiceIsFree(rules: Rules, row: CardCategory): FreeReason {
  if (row === 'service') return rules.serviceAllowance ? 'service_allowance' : 'service_free';
  return row === 'utility' && rules.utilityFreeInWindow ? 'service_window' : 'free_by_webhook';
}

function service(now: Case, rules: Rules, group: boolean, moves: Moves): Verdict {
  if (rules.serviceFree) return free(now, 'service_free', 'pmp/service_free');
  const left = FREE_A_MONTH - now.known.allowanceUsed;
  if (left > 0) return free(now, 'service_allowance', 'pmp/service_allowance', moves, left);
  return charge(now, 'service', group, 'pmp/service', moves);
}

// --- 2022-02-01 to 2025-06-30: conversations -------------------------------------------------------------------------

/** 2023-06-01 to 2025-06-30: marketing, utility, authentication and service conversations, side by side. */
function byCategory(now: Case, rules: Rules, { row }: Meaning): Verdict {
  const { known } = now;
  if (row === 'free_entry' || known.freeEntry !== 'none') return free(now, 'free_entry', 'cbp2/free_entry');
  const category: ConversationCategory = row === 'authentication_international' ? 'authentication' : row;
  const rides = row === 'service' ? known.openConversations.length > 0 : known.openConversations.includes(category);
  if (rides) return free(now, 'open_conversation', 'cbp2/open_conversation');
  const opens = OPENING[category];
  if (row !== 'service') return charge(now, row, false, `cbp2/${row}`, opens);
  if (rules.serviceFree) return free(now, 'service_free', 'cbp2/service_free', opens);
  return withinFreeTier(now, 'cbp2/service', 'service');
}

/** 2022-02-01 to 2023-05-31: one conversation at a time, priced by who began it. */
function byBeginner(now: Case): Verdict {
  const { message, known } = now;
  if (known.freeEntry !== 'none') return free(now, 'free_entry', 'cbp1/free_entry');
  if (known.openConversations.length > 0) return free(now, 'open_conversation', 'cbp1/open_conversation');
  const answers = message.kind === 'text' || known.serviceWindowOpen;
  const category = answers ? 'user_initiated' : 'business_initiated';
  return withinFreeTier(now, `cbp1/${category}`, category);
}

const opening = (opens: ConversationCategory): Moves => Object.freeze({ ...NO_MOVES, opens });
const OPENING: Readonly<Record<ConversationCategory, Moves>> = {
  marketing: opening('marketing'),
  utility: opening('utility'),
  authentication: opening('authentication'),
  service: opening('service'),
  business_initiated: opening('business_initiated'),
  user_initiated: opening('user_initiated'),
};

/** Opens a conversation: the first 1,000 of the WABA and month are free. */
function withinFreeTier(now: Case, rule: string, category: ConversationCategory): Verdict {
  const left = FREE_A_MONTH - now.known.freeConversationsUsed;
  const moves = OPENING[category];
  if (left <= 0) return charge(now, category, false, rule, moves);
  return free(now, 'free_conversation_tier', rule, { ...moves, freeConversation: true }, left);
}

// --- the three outcomes ----------------------------------------------------------------------------------------------

function free(
  now: Case,
  reason: FreeReason,
  rule: string,
  moves = NO_MOVES,
  atMost = Number.POSITIVE_INFINITY,
): Verdict {
  const quantity = Math.min(now.message.quantity, atMost);
  return { outcome: 'free', reason, rule, quantity, day: now.local.day, month: now.local.month, moves };
}

function park(now: Case, reason: ParkReason, rule: string): Verdict {
  const { quantity } = now.message;
  return { outcome: 'parked', reason, rule, quantity, day: now.local.day, month: now.local.month, moves: NO_MOVES };
}

const VOLUME_OF: Partial<Record<CardCategory, VolumeCategory>> = {
  utility: 'utility',
  authentication: 'authentication',
  authentication_international: 'authentication',
};
const COUNTED: Readonly<Record<VolumeCategory, Moves>> = {
  utility: Object.freeze({ ...NO_MOVES, volume: 'utility' }),
  authentication: Object.freeze({ ...NO_MOVES, volume: 'authentication' }),
};

/** Only here are a market and a price looked up: a free message needs neither. */
function charge(now: Case, asked: CardCategory, group: boolean, rule: string, moves: Moves): Verdict {
  const { message, known, book, local } = now;
  const place: Place | undefined = marketOf(message.to, local.day);
  if (!place) return park(now, 'unknown_market', rule);
  const { market, country } = place;
  const category = rowFor(now, asked, market);
  // Volume belongs to the per-message model and never to groups, whose messages take the list price.
  const volume = group || moves.opens ? undefined : VOLUME_OF[category];
  const used = volume ? known.volumeUsed(market, volume) : 0;
  const rate = tierRateAt(book, local.day, message.waba.currency, market, category, used + 1);
  const counted = volume ? COUNTED[volume] : moves;
  const { day, month } = local;
  if (!message.waba.billedHere) {
    // Meta charges someone else, so the message counts even where we hold no card in that currency.
    const { quantity } = message;
    return { outcome: 'free', reason: 'not_billed_here', rule, quantity, day, month, moves: counted, market };
  }
  if (!rate) return park(now, 'no_rate', rule);
  const quantity = volume ? Math.min(message.quantity, rate.upTo - used) : message.quantity;
  return { outcome: 'charged', market, country, category, rate, rule, quantity, day, month, moves: counted };
}
