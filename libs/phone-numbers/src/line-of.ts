/** A country that writes its mobile numbers in two ways; `long` has the additional digit, `short` has not. */
interface TwoForms {
  long: RegExp;
  short: RegExp;
  /** The other form of a number in the one. */
  shorten: (digits: string) => string;
  lengthen: (digits: string) => string;
  /** Under which form lines are compared. */
  line: 'long' | 'short';
}

/**
 * Numbers that name one line in two ways, of which WhatsApp may tell either: Meta alters the extra digit by itself, so the
 * `wa_id` of a customer is not always the number that was written to (Meta, "Send messages", 2025-11-04, of Brazil and
 * Mexico). The digits themselves are those of the national numbering plans (from general knowledge, 2026-11):
 *
 * - Brazil (55): mobile numbers had eight digits, of which the first was 6 to 9, and were given a leading 9 between 2012 and
 *   2016. Eight digits that begin with 2 to 5 are a landline, and another line than the mobile number that has a 9 before
 *   them; so lines are compared in the long form.
 * - Mexico (52): a 1 stood before the ten digits of a mobile number until August 2019.
 * - Argentina (54): a 9 stands before the ten digits of a mobile number when it is called from abroad; no landline has the
 *   same ten digits.
 */
const TWO_FORMS: readonly TwoForms[] = [
  {
    long: /^55[1-9]\d9[6-9]\d{7}$/,
    short: /^55[1-9]\d[6-9]\d{7}$/,
    shorten: (digits) => digits.slice(0, 4) + digits.slice(5),
    lengthen: (digits) => `${digits.slice(0, 4)}9${digits.slice(4)}`,
    line: 'long',
  },
  {
    long: /^521[2-9]\d{9}$/,
    short: /^52[2-9]\d{9}$/,
    shorten: (digits) => `52${digits.slice(3)}`,
    lengthen: (digits) => `521${digits.slice(2)}`,
    line: 'short',
  },
  {
    long: /^549[1-8]\d{9}$/,
    short: /^54[1-8]\d{9}$/,
    shorten: (digits) => `54${digits.slice(3)}`,
    lengthen: (digits) => `549${digits.slice(2)}`,
    line: 'long',
  },
];

/**
 * Every way in which WhatsApp may write the number, the given one first.
 *
 * @param digits of the number with its country code, without `+`; anything else (a business-scoped user id, a group) is
 *   its own only form
 */
export function formsOf(digits: string): string[] {
  for (const { long, short, shorten, lengthen } of TWO_FORMS) {
    if (long.test(digits)) return [digits, shorten(digits)];
    if (short.test(digits)) return [digits, lengthen(digits)];
  }
  return [digits];
}

/**
 * The one form under which numbers are compared: two numbers name the same line when it is the same.
 *
 * @param digits as for `formsOf`
 */
export function lineOf(digits: string): string {
  for (const { long, short, shorten, lengthen, line } of TWO_FORMS) {
    if (line === 'short' && long.test(digits)) return shorten(digits);
    if (line === 'long' && short.test(digits)) return lengthen(digits);
  }
  return digits;
}
