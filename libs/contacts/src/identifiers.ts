import { lineOf } from '#libs/phone-numbers';

export type IdentifierKind = 'user_id' | 'wa_id' | 'phone' | 'username';

/** One thing a customer is known by. */
export interface Identifier {
  kind: IdentifierKind;
  value: string;
}

/** What a customer's message says about who wrote it. */
export interface Writer {
  /** wa_id, or the business-scoped user id where the number is hidden. */
  customer: string;
  userId: string | null;
  /** The message as Meta sent it. */
  payload: Record<string, unknown>;
}

// An E.164 number has at most 15 digits; a little room, because Meta is the authority.
const DIGITS = /^\d{5,20}$/;
// ISO 3166 alpha-2, a dot, up to 128 letters and digits (Meta, business-scoped user ids, 2026-02-18).
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;

/**
 * Who wrote a message: the business-scoped user id, wa_id and phone, as far as the message tells them. wa_id and phone may
 * differ (Brazil's ninth digit; Meta, messages webhook, 2025-10-22), and since March 2026 either may be hidden.
 *
 * @returns the strongest first: a user id belongs to one person, while a number may pass to another; none for a message
 *   that names nobody
 */
export function identifiersOf({ customer, userId, payload }: Writer): Identifier[] {
  const found: Identifier[] = [];
  const add = (kind: IdentifierKind, value: unknown, form: RegExp, prefix = '') => {
    if (typeof value !== 'string' || !form.test(value)) return;
    if (!found.some((i) => i.kind === kind && i.value === prefix + value)) found.push({ kind, value: prefix + value });
  };
  add('user_id', userId, USER_ID);
  add('user_id', payload.from_user_id, USER_ID);
  add('user_id', customer, USER_ID);
  add('wa_id', customer, DIGITS);
  add('phone', payload.from, DIGITS, '+');
  return found;
}

/** The line under which an identifier is compared with others; null for a username, which passes from one to another. */
export const lineOfIdentifier = ({ kind, value }: Identifier): string | null =>
  kind === 'username' ? null : lineOf(value.replace(/^\+/, ''));

/** The keys under which messages from and to these identifiers are stored: digits, or a business-scoped user id. */
export function customerKeysOf(identifiers: readonly Identifier[]): string[] {
  const keys = identifiers.filter((i) => i.kind !== 'username').map((i) => i.value.replace(/^\+/, ''));
  return [...new Set(keys)];
}

/** Identifiers as the columns of a statement. */
export const columnsOf = (
  identifiers: readonly Identifier[],
): [kinds: string[], values: string[], lines: (string | null)[]] => [
  identifiers.map((i) => i.kind),
  identifiers.map((i) => i.value),
  identifiers.map(lineOfIdentifier),
];
