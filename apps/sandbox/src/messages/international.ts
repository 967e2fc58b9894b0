// Markets with an authentication-international rate and when it began (pricing/rules.md §4.4).
const FROM: Readonly<Record<string, string>> = {
  ID: '2024-06-01',
  IN: '2024-07-01',
  ...Object.fromEntries(['EG', 'MY', 'NG', 'PK', 'SA', 'ZA', 'AE'].map((country) => [country, '2025-02-01'])),
  ...Object.fromEntries(
    ['BD', 'IQ', 'KZ', 'KW', 'MA', 'NP', 'OM', 'LK', 'UA'].map((country) => [country, '2026-10-01']),
  ),
};

/** @param country ISO alpha-2. @param date `YYYY-MM-DD` in the WABA's zone. */
export const hasInternationalRate = (country: string, date: string) => date >= (FROM[country] ?? '9999');
