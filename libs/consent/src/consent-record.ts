/**
 * What a customer may agree to: messages of a business's own accord, told apart as Meta's template categories are. Codes of
 * an authentication template are asked for by the customer, and replies are answers, so neither needs consent.
 */
export const PURPOSES = ['marketing', 'utility'] as const;
export type Purpose = (typeof PURPOSES)[number];

/**
 * @param category of a template; null or undefined for a free-form message
 * @returns what its sending needs consent for; undefined where it needs none
 */
export const purposeOf = (category: string | null | undefined): Purpose | undefined =>
  PURPOSES.find((purpose) => purpose === category);

/** `asked`: the customer was asked to confirm, and has not yet (double opt-in). */
export type ConsentState = 'asked' | 'granted' | 'withdrawn';

/**
 * Where it is known from. `chat_link`: the message that a chat link begins with, sent without a form; `meta`: Meta told that
 * the customer uses its own switch, or refused a message because of it.
 */
export type ConsentSource = 'api' | 'form' | 'chat_link' | 'keyword' | 'import' | 'meta';

/** One thing that a customer said of one purpose, as it is told. */
export interface NewConsent {
  /** What the customer is known by: digits of numbers, or business-scoped user ids; one at least. */
  customers: readonly string[];
  purpose: Purpose;
  state: ConsentState;
  /** When the customer said so. */
  at: Date;
  source: ConsentSource;
  /** What the customer was shown, word for word. */
  wording?: string | undefined;
  /** Of the source: the page, the message and so on. */
  proof?: object | undefined;
  /** `user:id` or `key:id`, for what came through the API. */
  madeBy?: string | undefined;
  /** What makes the fact this one: told again with the same, it is recorded once. Absent: each telling is a fact. */
  fact?: string | undefined;
}

/** A line of a customer's history. */
export interface ConsentRecord {
  recordId: string;
  purpose: Purpose;
  state: ConsentState;
  at: Date;
  source: ConsentSource;
  wording: string | null;
  proof: object;
  madeBy: string | null;
  recordedAt: Date;
}

/** Clocks differ. */
const AHEAD_AT_MOST_MS = 60_000;

/** Whether a merchant tells of something that is yet to come: recorded, it would outdo every opt-out until then. */
export const isYetToCome = (at: Date, now: Date): boolean => at.getTime() > now.getTime() + AHEAD_AT_MOST_MS;

/** What holds now for one purpose. */
export type Standing = Pick<ConsentRecord, 'recordId' | 'purpose' | 'state' | 'at' | 'source'>;

/** The same with what the customer was shown. */
export type HeldConsent = Standing & Pick<ConsentRecord, 'wording'>;
