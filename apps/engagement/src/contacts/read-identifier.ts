import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Identifier, IdentifierKind } from '#libs/contacts';
import { formsOf } from '#libs/phone-numbers';

/** Fifteen digits with as many signs between them as anybody writes. */
const LONGEST_SPELLING = 40;
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;
// A user name of WhatsApp: 3 to 35 of these (Meta, business-scoped user ids and usernames, 2026-02-18).
const USERNAME = /^[a-z0-9._]{3,35}$/;

/**
 * An identifier as people write it.
 *
 * @param country ISO 3166 alpha-2, of numbers that are written without their country code
 * @returns the identifier as it is kept, or what is wrong with it
 */
export function readIdentifier(
  kind: IdentifierKind,
  given: string,
  country?: string,
): { identifier: Identifier } | { problem: string } {
  const text = given.trim();
  if (kind === 'user_id') {
    return USER_ID.test(text)
      ? { identifier: { kind, value: text } }
      : { problem: 'must be like US.13491208655302741918' };
  }
  if (kind === 'username') {
    const name = text.replace(/^@/, '').toLowerCase();
    return USERNAME.test(name) ? { identifier: { kind, value: name } } : { problem: 'must be a user name of WhatsApp' };
  }
  const digits = numberIn(text, country);
  if (!digits) {
    return { problem: 'must be a phone number with its country code, such as +5215512345678' };
  }
  return { identifier: { kind, value: kind === 'phone' ? `+${digits}` : digits } };
}

/** @returns the digits with the country code; undefined for what cannot be a number */
function numberIn(text: string, country: string | undefined): string | undefined {
  if (text.length > LONGEST_SPELLING) return undefined;
  const digits = text.replace(/\D/g, '');
  if (/^(\+|00)/.test(text)) return wholeNumber(text.startsWith('00') ? digits.slice(2) : digits, 'isPossible');
  const national = country ? parsePhoneNumberFromString(text, country as CountryCode) : undefined;
  if (national?.isPossible()) return national.number.slice(1);
  // Many write the country code without its plus.
  return wholeNumber(digits, 'isValid');
}

/** The old ways of writing a number are no numbers to the numbering plans of today, but customers have them. */
const wholeNumber = (digits: string, test: 'isPossible' | 'isValid'): string | undefined =>
  formsOf(digits).some((form) => parsePhoneNumberFromString(`+${form}`)?.[test]()) ? digits : undefined;
