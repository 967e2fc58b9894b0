import { isPhone, marketOf, marketOfCountry, OTHER_MARKET } from '#libs/markets';

/**
 * The market of a recipient of whom only the beginning is known: what the database function `paloma_market_prefix` leaves
 * of a number (digits) or of a business-scoped user id (`US.1349…`, which begins with its country).
 *
 * @param day `YYYY-MM-DD`: countries move between markets
 */
export function marketOfPrefix(prefix: string, day: string): string {
  if (isPhone(`+${prefix}`)) return marketOf(`+${prefix}`, day)?.market ?? OTHER_MARKET;
  const country = /^([A-Z]{2})\./.exec(prefix)?.[1];
  return country ? marketOfCountry(country, day) : OTHER_MARKET;
}
