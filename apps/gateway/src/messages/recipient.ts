import { parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * The digits that Meta would send to. Meta takes a number without `+` for a national one and puts the business number's
 * own country code before it (Meta, "Send messages", 2025-11-04); one that reads as a whole international number is
 * taken as such, because clients leave out the `+`.
 *
 * @param to as sent, with any of `+ - ( ) .` and spaces
 * @param businessNumber the sending number with its country code, as displayed
 */
export function recipientDigits(to: string, businessNumber: string): string {
  const digits = to.replace(/\D/g, '');
  if (to.trimStart().startsWith('+') || digits.length > 10) return digits;
  if (parsePhoneNumberFromString(`+${digits}`)?.isValid()) return digits;
  const business = businessNumber.replace(/\D/g, '');
  return `${parsePhoneNumberFromString(`+${business}`)?.countryCallingCode ?? ''}${digits}`;
}

/** Fifteen digits with as many signs between them as anybody writes. */
const LONGEST_SPELLING = 64;

/**
 * Whether it can be a phone number at all: 5 to 15 digits (E.164) and the signs people write between them. Trimmed and
 * bounded before it is matched: over megabytes of spaces a pattern that may begin in two ways would not end.
 */
export const looksLikeNumber = (to: string): boolean => {
  const text = to.trim();
  return text.length <= LONGEST_SPELLING && /^\+?[\d\s().-]+$/.test(text) && /^\d{5,15}$/.test(text.replace(/\D/g, ''));
};
