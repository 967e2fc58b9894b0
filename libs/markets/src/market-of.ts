import { CANADIAN_AREA_CODES } from './canadian-area-codes.js';
import { MARKET_ROWS } from './market-rows.js';

/** Where Meta's price list puts a number. `country` (ISO 3166 alpha-2) is unknown for codes that no list names. */
export interface Place {
  readonly market: string;
  readonly country: string | undefined;
}

/** The market of every number that no row covers (Meta: a country that is not listed maps to Other). */
export const OTHER_MARKET = 'Other';
const ELSEWHERE: Place = Object.freeze({ market: OTHER_MARKET, country: undefined });

/** A place and the days it holds for: from <= day < before. */
interface Span {
  readonly from: string;
  readonly before: string;
  readonly place: Place;
}
/** One digit further into a number. `spans` is filled where a calling code or a prefix ends. */
interface Digit {
  readonly next: (Digit | undefined)[];
  readonly spans: Span[];
}
const digit = (): Digit => ({ next: new Array<Digit | undefined>(10).fill(undefined), spans: [] });

/** Codes that several countries share with no prefix to tell them apart; all of one code are in one market. */
const SPEAKS_FOR: Readonly<Record<string, string>> = { '1': 'US', '262': 'RE', '590': 'GP' };

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

function plant(root: Digit, digits: string, span: Span): void {
  let at = root;
  for (const char of digits) {
    const n = Number(char);
    at = at.next[n] ??= digit();
  }
  at.spans.push(span);
}

function grow(): Digit {
  const root = digit();
  for (const [country, callingCode, prefixes, market, validFrom, validTo] of MARKET_ROWS) {
    if (prefixes === '' && (SPEAKS_FOR[callingCode] ?? country) !== country) continue;
    const before = validTo === '' ? '9999' : dayAfter(validTo);
    const span = { from: validFrom, before, place: Object.freeze({ market, country }) };
    for (const prefix of prefixes.split('|')) plant(root, callingCode + prefix, span);
    if (callingCode === '1' && country === 'US') {
      const canada = { ...span, place: Object.freeze({ market, country: 'CA' }) };
      for (const area of CANADIAN_AREA_CODES) plant(root, `1${area}`, canada);
    }
  }
  return root;
}
const ROOT = grow();

/** Is this `+` and digits? Everything else, such as the user id `US.13491208655302741918`, has no market. */
export const isPhone = (text: string): boolean => /^\+\d+$/.test(text);

/**
 * The market and country of a number on a day, by the longest calling code and prefix valid on that day.
 * Allocates nothing: the Place returned is shared and frozen.
 * @param phone `+` and digits; anything else has no market and gives undefined
 * @param day `YYYY-MM-DD`, the day of delivery in the time zone of the WABA (Meta, "Pricing", July 2026: market moves
 *   take effect at midnight of the WABA's zone)
 */
export function marketOf(phone: string, day: string): Place | undefined {
  if (phone.length < 2 || phone.charCodeAt(0) !== 43) return undefined;
  let place = ELSEWHERE;
  let at: Digit | undefined = ROOT;
  for (let i = 1; i < phone.length; i++) {
    const n = phone.charCodeAt(i) - 48;
    if (!(n >= 0 && n <= 9)) return undefined;
    if (!at) continue;
    at = at.next[n];
    if (!at) continue;
    for (const span of at.spans) if (span.from <= day && day < span.before) place = span.place;
  }
  return place;
}

/** Every market that has ever been in the list, `Other` included. */
export const MARKETS: ReadonlySet<string> = new Set([OTHER_MARKET, ...MARKET_ROWS.map((row) => row[3])]);

/**
 * The market a name means, or undefined. Meta's web pages print "Rest of Central and Eastern Europe" where its files
 * and webhooks say "&".
 */
export function marketNamed(name: string): string | undefined {
  if (MARKETS.has(name)) return name;
  const ampersand = name.replaceAll(' and ', ' & ');
  return MARKETS.has(ampersand) ? ampersand : undefined;
}

/** The market of a country (ISO 3166 alpha-2) on a day `YYYY-MM-DD`; a country that no list names is in Other. */
export function marketOfCountry(country: string, day: string): string {
  for (const [code, , , market, validFrom, validTo] of MARKET_ROWS) {
    if (code === country && validFrom <= day && (validTo === '' || day <= validTo)) return market;
  }
  return OTHER_MARKET;
}
