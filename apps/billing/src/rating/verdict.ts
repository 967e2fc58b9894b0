import type { CardCategory, TierRate } from '../rate-card/rate-card.js';
import type { PortfolioFacts } from './auth-international.js';
import type { FreeEntryStatus } from './free-entry.js';
import type { ZoneClock } from './local-time.js';

/** Why a delivered message costs nothing. */
export type FreeReason =
  | 'not_delivered'
  | 'reaction'
  | 'open_conversation'
  | 'free_conversation_tier'
  | 'service_free'
  | 'service_window'
  | 'service_allowance'
  | 'free_entry'
  | 'not_billed_here'
  | 'free_by_webhook';

/** Why a delivered message waits for a person instead of being priced. */
export type ParkReason =
  | 'unknown_category'
  | 'unknown_pricing_type'
  | 'unknown_pricing_model'
  | 'unknown_market'
  | 'no_rate'
  | 'free_entry_undecided'
  | 'bulk_straddles_change'
  | 'unknown_number'
  | 'unknown_message'
  | 'unknown_kind';

/** `pricing` of a status webhook, as it came: any member may be absent or new. */
export interface Pricing {
  readonly pricing_model?: unknown;
  readonly type?: unknown;
  readonly category?: unknown;
}

/** What a WABA settles about its messages. */
export interface WabaTerms {
  readonly zone: ZoneClock;
  readonly currency: string;
  /** False where Meta bills someone else: its messages cost nothing here but still count. */
  readonly billedHere: boolean;
}

/** One delivered message, or a block of alike messages to different users that have no history. */
export interface DeliveredMessage {
  readonly kind: 'template' | 'text' | 'reaction';
  readonly toGroup: boolean;
  /** `+` and digits, or a user id, which has no market. For a group message, the member it was delivered to. */
  readonly to: string;
  /** The billing moment: the earliest proof of delivery, ms since 1970. */
  readonly at: number;
  /** The last delivery of a block; `at` for one message. */
  readonly lastAt: number;
  /** How many messages: 1, or the size of the block. */
  readonly quantity: number;
  /** The category stored with the message: what the template had when it was sent. Unused for texts and reactions. */
  readonly category: string | undefined;
  /** From the earliest status that proves delivery and carries it, else from `sent`. */
  readonly pricing: Pricing | undefined;
  readonly waba: WabaTerms;
}

/** Categories of the conversations of 2022 to 2025. Authentication-international is a price, not another conversation. */
export type ConversationCategory = Exclude<CardCategory, 'authentication_international'>;

/** Categories that have a running count per portfolio, market and month. Authentication counts both of its prices. */
export type VolumeCategory = 'utility' | 'authentication';

/** What is known at the billing moment of a message, before it counts. Counters are those of its local month. */
export interface Known {
  /** The 24 h customer service window of the user (or of the group) is open. */
  readonly serviceWindowOpen: boolean;
  /** Always `none` for groups and blocks. */
  readonly freeEntry: FreeEntryStatus;
  /** Conversations open between number and user. */
  readonly openConversations: readonly ConversationCategory[];
  /** Of the WABA's free 1,000 conversations. */
  readonly freeConversationsUsed: number;
  /** Of the number's 1,000 free service messages. */
  readonly allowanceUsed: number;
  /** Charged messages of the portfolio. */
  volumeUsed(market: string, category: VolumeCategory): number;
  readonly portfolio: PortfolioFacts;
  /** The same at the last delivery of a block. */
  readonly portfolioAtLast: PortfolioFacts;
}

/** What the messages of a verdict change. Each count moves by the verdict's quantity. */
export interface Moves {
  /** Units of the number's service allowance of the month. */
  readonly allowance: boolean;
  /** Units of the WABA's free conversations of the month. */
  readonly freeConversation: boolean;
  /** The portfolio's volume of the verdict's market in the month. */
  readonly volume: VolumeCategory | undefined;
  /** A conversation of this category opens for 24 h from the billing moment. */
  readonly opens: ConversationCategory | undefined;
}

export const NO_MOVES: Moves = Object.freeze({
  allowance: false,
  freeConversation: false,
  volume: undefined,
  opens: undefined,
});

interface Judged {
  /** How many messages of the block this covers: all of them, or those that share one price. */
  readonly quantity: number;
  /** The rule that decided, such as `pmp/regular`. */
  readonly rule: string;
  /** Local day and month of the billing moment. */
  readonly day: string;
  readonly month: string;
  readonly moves: Moves;
}
export interface Charged extends Judged {
  readonly outcome: 'charged';
  readonly market: string;
  readonly country: string | undefined;
  readonly category: CardCategory;
  /** The price of one: as printed, in micros, with card date and tier. */
  readonly rate: TierRate;
}
export interface Free extends Judged {
  readonly outcome: 'free';
  readonly reason: FreeReason;
  /** Known only where a market was looked up: for messages that Meta charges to someone else. */
  readonly market?: string;
}
export interface Parked extends Judged {
  readonly outcome: 'parked';
  readonly reason: ParkReason;
}
export type Verdict = Charged | Free | Parked;
