/** What Meta has told about a business portfolio, at one moment. */
export interface PortfolioFacts {
  /** Primary business location, ISO 3166 alpha-2, or null while unknown. */
  readonly country: string | null;
  readonly countryVerified: boolean;
  /** Present once Meta found the business eligible for authentication-international; eligibility is permanent. */
  readonly authInternational?: {
    /** ms since 1970; undefined while Meta has not named a start */
    readonly startsAt: number | undefined;
    /** Countries with a start of their own. */
    readonly exceptions: ReadonlyMap<string, number>;
  };
}

export const NOTHING_KNOWN: PortfolioFacts = Object.freeze({ country: null, countryVerified: false });

/**
 * Markets that have an authentication-international price, with their country and the first local day of that price
 * (Meta, "Authentication-international rates", December 2025 and May 2026; the nine of October 2026 from Meta's
 * announcement of July 2026). Whether a market has the price comes from here, not from the card: a card that lacks the
 * cell is incomplete.
 */
const MARKETS: ReadonlyMap<string, { readonly country: string; readonly from: string }> = new Map(
  Object.entries({
    Indonesia: { country: 'ID', from: '2024-06-01' },
    India: { country: 'IN', from: '2024-07-01' },
    Egypt: { country: 'EG', from: '2025-02-01' },
    Malaysia: { country: 'MY', from: '2025-02-01' },
    Nigeria: { country: 'NG', from: '2025-02-01' },
    Pakistan: { country: 'PK', from: '2025-02-01' },
    'Saudi Arabia': { country: 'SA', from: '2025-02-01' },
    'South Africa': { country: 'ZA', from: '2025-02-01' },
    'United Arab Emirates': { country: 'AE', from: '2025-02-01' },
    Bangladesh: { country: 'BD', from: '2026-10-01' },
    Iraq: { country: 'IQ', from: '2026-10-01' },
    Kazakhstan: { country: 'KZ', from: '2026-10-01' },
    Kuwait: { country: 'KW', from: '2026-10-01' },
    Morocco: { country: 'MA', from: '2026-10-01' },
    Nepal: { country: 'NP', from: '2026-10-01' },
    Oman: { country: 'OM', from: '2026-10-01' },
    'Sri Lanka': { country: 'LK', from: '2026-10-01' },
    Ukraine: { country: 'UA', from: '2026-10-01' },
  }),
);

/**
 * Is an authentication message charged at the international price? Only if the market has that price on the local day,
 * the business is eligible, the delivery is not before its start for that country, and its primary location is another
 * country or is not verified.
 * @param at the moment of delivery, ms since 1970
 */
export function isAuthInternational(market: string, day: string, at: number, portfolio: PortfolioFacts): boolean {
  const priced = MARKETS.get(market);
  const eligible = portfolio.authInternational;
  if (!priced || !eligible || day < priced.from) return false;
  const startsAt = eligible.exceptions.get(priced.country) ?? eligible.startsAt;
  if (startsAt === undefined || at < startsAt) return false;
  return !(portfolio.countryVerified && portfolio.country === priced.country);
}
