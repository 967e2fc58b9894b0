import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** Where a number is used now, as the merchant says; only Meta knows for sure. */
export type UsedIn = 'nowhere' | 'whatsapp' | 'business-app' | 'another-provider';

export type NumberVerdict =
  | 'eligible'
  | 'eligible_by_call'
  | 'coexistence'
  | 'migration'
  | 'no_country_code'
  | 'short_code'
  | 'not_a_number'
  | 'universal_access'
  | 'premium_rate'
  | 'shared_cost'
  | 'pager_or_voicemail'
  | 'meta_555'
  | 'on_whatsapp'
  | 'yours_already'
  | 'another_customer';

export interface NumberJudgement {
  ok: boolean;
  verdict: NumberVerdict;
  /** E.164, as it should be written; absent for what is no number. */
  phone?: string;
  /** ISO 3166 alpha-2; absent for numbers of no country. */
  country?: string;
  /** How Meta's code can reach it. */
  methods: readonly ('SMS' | 'VOICE')[];
}

/** What is known of the number here. */
export interface NumberFacts {
  usedIn?: UsedIn;
  isOurs?: boolean;
  isAnotherTenants?: boolean;
}

const BOTH = ['SMS', 'VOICE'] as const;
const CALL = ['VOICE'] as const;

/**
 * What Meta makes of each kind of number (Meta, phone numbers, 2026-02-27: owned, with country and area code, no short
 * codes, can take a text message or a call without a menu). The kinds are those of libphonenumber's metadata.
 */
const KINDS: Readonly<Record<string, { verdict: NumberVerdict; methods: NumberJudgement['methods'] }>> = {
  MOBILE: { verdict: 'eligible', methods: BOTH },
  FIXED_LINE_OR_MOBILE: { verdict: 'eligible', methods: BOTH },
  VOIP: { verdict: 'eligible', methods: BOTH },
  PERSONAL_NUMBER: { verdict: 'eligible', methods: BOTH },
  FIXED_LINE: { verdict: 'eligible_by_call', methods: CALL },
  TOLL_FREE: { verdict: 'eligible_by_call', methods: CALL },
  UAN: { verdict: 'universal_access', methods: [] },
  PREMIUM_RATE: { verdict: 'premium_rate', methods: [] },
  SHARED_COST: { verdict: 'shared_cost', methods: [] },
  PAGER: { verdict: 'pager_or_voicemail', methods: [] },
  VOICEMAIL: { verdict: 'pager_or_voicemail', methods: [] },
};

/** Ways of writing a number that its country gave up (Mexico, 2019), as some still do. */
const OLD_FORMS: readonly (readonly [pattern: RegExp, mended: string])[] = [[/^\+521(\d{10})$/, '+52$1']];
/** Nothing that short is a subscriber's number (E.164 has no minimum; the shortest in use have 7 digits with the country). */
const SHORTEST = 7;

/** What people and address books put between digits: brackets, dots, dashes of any length, marks of writing direction. */
const BETWEEN_DIGITS = /[\s().\p{Pd}\p{Cf}\u2212/]/gu;

const no = (verdict: NumberVerdict, more: Partial<NumberJudgement> = {}): NumberJudgement => ({
  ok: false,
  verdict,
  methods: [],
  ...more,
});

/**
 * Whether a number can be connected, before Meta is asked.
 *
 * @param written as a person writes or copies it: spaces, hyphens, brackets, 00 for +, the wide digits of Japanese keyboards
 */
export function judgeNumber(written: string, facts: NumberFacts = {}): NumberJudgement {
  const plain = written.normalize('NFKC').replace(BETWEEN_DIGITS, '').replace(/^00/, '+');
  if (!/^\+?\d+$/.test(plain)) return no('not_a_number');
  const digits = plain.replace('+', '');
  if (digits.length < SHORTEST) return no('short_code');
  if (!plain.startsWith('+')) return no('no_country_code');
  const mended = OLD_FORMS.reduce((text, [pattern, form]) => text.replace(pattern, form), plain);
  // Meta gives these out itself, verified, in its own dialog.
  if (/^\+1555\d{7}$/.test(mended)) return no('meta_555', { phone: mended, country: 'US' });
  const number = parsePhoneNumberFromString(mended);
  if (!number?.isValid()) return no('not_a_number');
  const country = number.country ? { country: number.country as string } : {};
  const about = { phone: number.number as string, ...country };
  const kind = KINDS[number.getType() ?? ''] ?? { verdict: 'not_a_number', methods: [] };
  if (kind.methods.length === 0) return no(kind.verdict, about);
  if (facts.isAnotherTenants) return no('another_customer', about);
  if (facts.isOurs) return no('yours_already', about);
  switch (facts.usedIn) {
    case 'whatsapp':
      return no('on_whatsapp', about);
    case 'business-app':
      return { ok: true, verdict: 'coexistence', methods: kind.methods, ...about };
    case 'another-provider':
      return { ok: true, verdict: 'migration', methods: kind.methods, ...about };
    default:
      return { ok: true, verdict: kind.verdict, methods: kind.methods, ...about };
  }
}
