import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { MARKETS } from '#libs/markets';
import {
  buildRateBook,
  CARD_CATEGORIES,
  type CardCategory,
  type RateBook,
  type RateRow,
  type TierRow,
} from './rate-card.js';

/** Where the cards lie, in the sources and beside the compiled code alike. */
const DATA = fileURLToPath(new URL('../../data/', import.meta.url));
const CARD_FILE = /^rates-(\d{4}-\d{2}-\d{2})-([A-Z]{3})\.csv$/;

type Row = Record<string, string>;

function readCsv(folder: string, file: string): Row[] {
  return parse(readFileSync(`${folder}/${file}`), { columns: true, bom: true });
}

/** One named column, checked to be there. */
function field(file: string, row: Row, column: string): string {
  const value = row[column];
  if (value === undefined) throw new Error(`${file}: no column ${column}`);
  return value;
}

function market(file: string, row: Row): string {
  const name = field(file, row, 'market');
  if (!MARKETS.has(name)) throw new Error(`${file}: ${name} is no market`);
  return name;
}

function category(file: string, row: Row): CardCategory {
  const name = field(file, row, 'category');
  const known = CARD_CATEGORIES.find((one) => one === name);
  if (!known) throw new Error(`${file}: ${name} is no category`);
  return known;
}

/**
 * Every printed price of every card, for the index below and for the table of rates.
 * @param folder of `rates-YYYY-MM-DD-CUR.csv` files; by default the cards that come with the product
 * @throws Error naming the file when a row does not fit its card
 */
export function loadRateRows(folder = DATA): RateRow[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const named = CARD_FILE.exec(file);
      if (!named) return [];
      const [, cardDate = '', currency = ''] = named;
      return readCsv(folder, file).map((row): RateRow => {
        if (field(file, row, 'currency') !== currency) throw new Error(`${file}: a row in another currency`);
        const unit = field(file, row, 'unit');
        if (unit !== 'conversation' && unit !== 'message') throw new Error(`${file}: ${unit} is no unit`);
        return {
          cardDate,
          currency,
          market: market(file, row),
          category: category(file, row),
          price: field(file, row, 'price'),
          unit,
          provenance: field(file, row, 'provenance'),
          source: field(file, row, 'source'),
          note: field(file, row, 'note'),
        };
      });
    });
}

/** Every printed step of the volume tiers. @throws Error naming the file when a row does not fit */
export function loadTierRows(folder = DATA): TierRow[] {
  const file = 'volume-tiers.csv';
  const count = (row: Row, column: string): number => {
    const text = field(file, row, column);
    if (!/^\d+$/.test(text)) throw new Error(`${file}: ${column} ${text} is no count`);
    return Number(text);
  };
  return readCsv(folder, file).map((row) => ({
    effectiveDate: field(file, row, 'effective_date'),
    currency: field(file, row, 'currency'),
    market: market(file, row),
    category: category(file, row),
    tier: count(row, 'tier'),
    fromVolume: count(row, 'from_volume'),
    toVolume: field(file, row, 'to_volume') === '' ? undefined : count(row, 'to_volume'),
    price: field(file, row, 'price'),
  }));
}

/** The cards that come with the product, indexed. Reads files: call it once when a process starts. */
export const loadRateBook = (folder = DATA): RateBook => buildRateBook(loadRateRows(folder), loadTierRows(folder));
