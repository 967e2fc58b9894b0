import { parse } from 'csv-parse/sync';
import { MARKETS, marketNamed } from '#libs/markets';
import { parseMicros } from '#libs/money';
import { CARD_CATEGORIES, type CardCategory, type RateRow } from './rate-card.js';

/** A card as staff hand it in. */
export interface GivenCard {
  readonly cardDate: string;
  readonly currency: string;
  /** Where it was read, for the provenance of each price. */
  readonly source: string;
  /** With the columns `market`, `category`, `price`; more are ignored. */
  readonly csv: string;
}

const MOST_PROBLEMS = 50;

/** Reads a card row by row. @returns its rows, or everything that is wrong with it, by line */
export function readCard({ cardDate, currency, source, csv }: GivenCard): { rows: RateRow[] } | { problems: string[] } {
  let records: Record<string, string>[];
  try {
    records = parse(csv, { columns: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    return { problems: [`the file is no CSV: ${(error as Error).message}`] };
  }
  const problems: string[] = [];
  const seen = new Set<string>();
  const rows = records.flatMap((record, i): RateRow[] => {
    const told = problems.length;
    const wrong = (what: string) => problems.push(`line ${i + 2}: ${what}`);
    const market = marketNamed(record.market ?? '') ?? '';
    const category = CARD_CATEGORIES.find((one) => one === record.category) as CardCategory;
    const price = record.price ?? '';
    if (!MARKETS.has(market)) wrong(`${record.market ?? 'nothing'} is no market`);
    if (!category) wrong(`${record.category ?? 'nothing'} is no category`);
    if (!isPrice(price)) wrong(`${price || 'nothing'} is no price such as 0.0260`);
    const cell = `${market} ${category}`;
    if (seen.has(cell)) wrong(`${market}, ${category} is priced twice`);
    seen.add(cell);
    if (problems.length > told) return [];
    // Meta prices messages since July 2025; older cards came with the product.
    return [{ cardDate, currency, market, category, price, unit: 'message', provenance: 'card', source, note: '' }];
  });
  if (records.length === 0) problems.push('the file has no rows');
  return problems.length > 0 ? { problems: problems.slice(0, MOST_PROBLEMS) } : { rows };
}

function isPrice(text: string): boolean {
  try {
    return parseMicros(text) >= 0;
  } catch {
    return false;
  }
}
