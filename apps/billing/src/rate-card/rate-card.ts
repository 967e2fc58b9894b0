import { parseMicros } from '#libs/money';

/** The rows a card can have, in the spelling of charges. The last two are of the cards of 2022. */
export type CardCategory =
  | 'marketing'
  | 'utility'
  | 'authentication'
  | 'authentication_international'
  | 'service'
  | 'business_initiated'
  | 'user_initiated';

export const CARD_CATEGORIES: readonly CardCategory[] = [
  'marketing',
  'utility',
  'authentication',
  'authentication_international',
  'service',
  'business_initiated',
  'user_initiated',
];

/** One printed price of one dated card, as in `apps/billing/data/rates-*.csv` and in the table of rates. */
export interface RateRow {
  /** First day the card holds, `YYYY-MM-DD`, from 00:00 in the time zone of the WABA. */
  readonly cardDate: string;
  readonly currency: string;
  readonly market: string;
  readonly category: CardCategory;
  /** As printed: `'0.0260'`. */
  readonly price: string;
  readonly unit: 'conversation' | 'message';
  readonly provenance: string;
  readonly source: string;
  readonly note: string;
}

/** One printed step of the volume tiers, as in `apps/billing/data/volume-tiers.csv`. */
export interface TierRow {
  readonly effectiveDate: string;
  readonly currency: string;
  readonly market: string;
  readonly category: CardCategory;
  readonly tier: number;
  /** The first message of the month it prices; Meta prints 0 for the first tier, meaning 1. */
  readonly fromVolume: number;
  /** The last message of the month it prices, or undefined where there is no upper bound. */
  readonly toVolume: number | undefined;
  readonly price: string;
}

/** A price found. */
export interface Rate {
  readonly cardDate: string;
  readonly currency: string;
  readonly market: string;
  readonly category: CardCategory;
  /** As printed. */
  readonly price: string;
  /** The same in millionths of the currency. */
  readonly micros: number;
}

/** A rate with the last message of the month that it still prices (Infinity: any volume). */
export interface TierRate extends Rate {
  readonly tier: number;
  readonly upTo: number;
}

/** The steps of one cell from a day on, lowest first; the last one has no upper bound. */
interface Ladder {
  readonly from: string;
  readonly steps: readonly TierRate[];
}
/** A list price, and the ladders of volume tiers that start from exactly that price, latest first. */
interface Cell {
  readonly rate: Rate;
  readonly ladders: readonly Ladder[];
}

/** All cards, indexed. Made by `buildRateBook`; read by `cardInForce`, `rateAt` and `tierRateAt`. */
export interface RateBook {
  /** Dates of all cards of all currencies, ascending. */
  readonly cardDates: readonly string[];
  /** Card date to currency to market to category. */
  readonly cards: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Cell>>>>;
}

const within = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const held = map.get(key) ?? make();
  map.set(key, held);
  return held;
};

/**
 * Indexes rows of cards and of tiers.
 * @throws Error when two rows price the same cell, RangeError or NotADecimal for a price that is none
 */
export function buildRateBook(rates: readonly RateRow[], tiers: readonly TierRow[] = []): RateBook {
  const tiersOf = new Map<string, TierRow[]>();
  for (const tier of tiers) within(tiersOf, cellName(tier), () => []).push(tier);
  const cards = new Map<string, Map<string, Map<string, Map<string, Cell>>>>();
  for (const row of rates) {
    const { cardDate, currency, market, category, price } = row;
    const card = within(cards, cardDate, () => new Map<string, Map<string, Map<string, Cell>>>());
    const cells = within(
      within(card, currency, () => new Map<string, Map<string, Cell>>()),
      market,
      () => new Map<string, Cell>(),
    );
    if (cells.has(category)) throw new Error(`${cardDate} ${currency}: ${market}, ${category} is priced twice`);
    const rate = { cardDate, currency, market, category, price, micros: parseMicros(price) };
    cells.set(category, { rate, ladders: laddersFor(rate, tiersOf.get(cellName(row)) ?? []) });
  }
  return { cardDates: [...cards.keys()].sort(), cards };
}

const cellName = (row: RateRow | TierRow): string => `${row.currency}|${row.market}|${row.category}`;

/**
 * The ladders a list price can be climbed by. Tier rows are used while their first price is the list price in force
 * (a card that moved away leaves them behind); where none fits, the list price holds at any volume.
 */
function laddersFor(rate: Rate, tiers: readonly TierRow[]): readonly Ladder[] {
  const flat: Ladder = { from: '', steps: [{ ...rate, tier: 0, upTo: Number.POSITIVE_INFINITY }] };
  const dates = [...new Set(tiers.map((row) => row.effectiveDate))].sort().reverse();
  const dated = dates.map((from): Ladder => {
    const rows = tiers.filter((row) => row.effectiveDate === from).sort((a, b) => a.tier - b.tier);
    if (rows[0] === undefined || parseMicros(rows[0].price) !== rate.micros) return { ...flat, from };
    const steps = rows.map(({ tier, price, toVolume }) => {
      return { ...rate, price, micros: parseMicros(price), tier, upTo: toVolume ?? Number.POSITIVE_INFINITY };
    });
    return { from, steps };
  });
  return [...dated, flat];
}

/** The card in force on a local day: the latest card date, of any currency, that has come. The day itself belongs. */
export function cardInForce(book: RateBook, day: string): string | undefined {
  const dates = book.cardDates;
  for (let i = dates.length - 1; i >= 0; i--) if ((dates[i] as string) <= day) return dates[i];
  return undefined;
}

function cellAt(
  book: RateBook,
  day: string,
  currency: string,
  market: string,
  category: CardCategory,
): Cell | undefined {
  const card = cardInForce(book, day);
  return card === undefined ? undefined : book.cards.get(card)?.get(currency)?.get(market)?.get(category);
}

/**
 * The list price on a local day: the cell of the card in force in that currency, or undefined (`no_rate`). Never an
 * older card, another currency, a conversion, or zero for a cell that is not there. A printed `0.0000` is a price.
 * @param day `YYYY-MM-DD` in the time zone of the WABA
 */
export function rateAt(
  book: RateBook,
  day: string,
  currency: string,
  market: string,
  category: CardCategory,
): Rate | undefined {
  return cellAt(book, day, currency, market, category)?.rate;
}

/**
 * The price of message number `n` (1 is the first) of the month, or undefined (`no_rate`). Tiers are graduated (Meta,
 * "Pricing", July 2026): each message has the price of the band it falls in, and none is priced again.
 * @param day `YYYY-MM-DD` in the time zone of the WABA
 */
export function tierRateAt(
  book: RateBook,
  day: string,
  currency: string,
  market: string,
  category: CardCategory,
  n: number,
): TierRate | undefined {
  const cell = cellAt(book, day, currency, market, category);
  if (!cell) return undefined;
  for (const ladder of cell.ladders) {
    if (ladder.from > day) continue;
    for (const step of ladder.steps) if (n <= step.upTo) return step;
  }
  return undefined;
}

/**
 * The price of a step of the volume tiers on a local day, 0 being the list price; undefined where the card in force has no
 * such price, or no such step.
 * @param day `YYYY-MM-DD` in the time zone of the WABA
 */
export function rateOfTier(
  book: RateBook,
  day: string,
  currency: string,
  market: string,
  category: CardCategory,
  tier: number,
): TierRate | undefined {
  const ladder = cellAt(book, day, currency, market, category)?.ladders.find(({ from }) => from <= day);
  return ladder?.steps.find((step) => step.tier === tier);
}
