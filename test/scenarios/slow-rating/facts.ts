import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exact, isSame } from './exact.js';

const ROOT = join(import.meta.dirname, '../../..');
const CARDS = join(ROOT, 'apps/billing/data');

/** Rows of a CSV file with a heading; cells may stand in double quotes. */
function rowsOf(path: string): Record<string, string>[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split(/\r?\n/);
  const cells = (line: string): string[] =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? '');
  const heading = cells(lines[0] ?? '');
  return lines.slice(1).map((line) => Object.fromEntries(cells(line).map((cell, i) => [heading[i] ?? '', cell])));
}

const markets = rowsOf(join(ROOT, 'libs/markets/data/markets.csv')).flatMap((row) =>
  (row.network_prefix ?? '').split('|').map((prefix) => ({
    start: `+${row.calling_code}${prefix.trim()}`,
    country: row.iso2 ?? '',
    market: row.market ?? '',
    from: row.valid_from ?? '',
    to: row.valid_to || '9999-12-31',
  })),
);
export const marketNames = [...new Set(markets.map((row) => row.market))];

/** Section 2: a phone is `+` and digits; README: longest calling code and prefix valid on that day; unlisted is Other. */
export function placeOf(to: string, day: string): { market: string; country: string } | undefined {
  if (!/^\+\d+$/.test(to)) return undefined;
  const fitting = markets.filter((row) => to.startsWith(row.start) && row.from <= day && day <= row.to);
  fitting.sort((a, b) => b.start.length - a.start.length);
  return fitting[0] ?? { market: 'Other', country: '' };
}

const files = readdirSync(CARDS).filter((name) => /^rates-.*\.csv$/.test(name));
const cards = new Map(files.map((name) => [name, rowsOf(join(CARDS, name))]));
const cardDates = [...new Set(files.map((name) => name.slice('rates-'.length, 'rates-YYYY-MM-DD'.length)))].sort();

/** Section 6.3. */
export const cardDateOn = (day: string): string | undefined => cardDates.filter((date) => date <= day).at(-1);
export function listPrice(day: string, currency: string, market: string, category: string): string | undefined {
  const card = cards.get(`rates-${cardDateOn(day)}-${currency}.csv`) ?? [];
  return card.find((row) => row.market === market && row.category === category)?.price;
}

const tiers = rowsOf(join(CARDS, 'volume-tiers.csv'));
/** Section 6.4: the price of message number `n` of the month. */
export function tierPrice(list: string, currency: string, market: string, category: string, n: number): string {
  const rows = tiers.filter((r) => r.market === market && r.category === category && r.currency === currency);
  const first = rows.find((row) => row.tier === '0');
  if (!first || !isSame(exact(first.price ?? ''), exact(list))) return list;
  const row = rows.find((r) => Number(r.from_volume) <= n && (r.to_volume === '' || n <= Number(r.to_volume)));
  return row?.price ?? list;
}
/** The last message number of each band of a market and category, without the open one. */
export const tierEnds = (market: string, category: string): number[] =>
  tiers
    .filter((r) => r.market === market && r.category === category && r.to_volume !== '')
    .map((r) => Number(r.to_volume));

const clocks = new Map<string, Intl.DateTimeFormat>();
/** Local calendar day `YYYY-MM-DD` of an instant in milliseconds. */
export function dayIn(zone: string, at: number): string {
  let clock = clocks.get(zone);
  if (!clock) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    clock = new Intl.DateTimeFormat('en-CA', { timeZone: zone, ...parts });
    clocks.set(zone, clock);
  }
  return clock.format(at);
}
export const monthIn = (zone: string, at: number): string => dayIn(zone, at).slice(0, 7);

/** rules.md 4.4.1: since when a market has an authentication-international price. */
const INTERNATIONAL: Record<string, string> = {
  Indonesia: '2024-06-01',
  India: '2024-07-01',
  ...Object.fromEntries(
    ['Egypt', 'Malaysia', 'Nigeria', 'Pakistan', 'Saudi Arabia', 'South Africa', 'United Arab Emirates'].map(
      (market) => [market, '2025-02-01'],
    ),
  ),
  ...Object.fromEntries(
    ['Bangladesh', 'Iraq', 'Kazakhstan', 'Kuwait', 'Morocco', 'Nepal', 'Oman', 'Sri Lanka', 'Ukraine'].map((market) => [
      market,
      '2026-10-01',
    ]),
  ),
};
export const hasInternationalPrice = (market: string, day: string): boolean => (INTERNATIONAL[market] ?? '9999') <= day;
