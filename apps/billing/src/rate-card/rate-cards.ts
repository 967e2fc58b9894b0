import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { loadRateRows } from './load-rate-book.js';
import type { RateRow } from './rate-card.js';

/** A card of one currency and date. */
export interface CardListed {
  readonly cardDate: string;
  readonly currency: string;
  /** How many prices are printed on it. */
  readonly prices: number;
}

const COLUMNS_READ = `card_date::text AS "cardDate", currency, market, category, price::text AS price, unit, provenance,
                     source, note, revision`;
/** The youngest revision of each price is what holds; $1 is a condition in SQL of ours. */
const held = (condition: string): string =>
  `SELECT DISTINCT ON (card_date, currency, market COLLATE "C", category) ${COLUMNS_READ} FROM rates WHERE ${condition}
    ORDER BY card_date, currency, market COLLATE "C", category, revision DESC`;

/** A price of the table, and how often it was put right. */
export type HeldRate = RateRow & { readonly revision: number };

/** The one writer of `rates`: Meta's price lists, for all tenants. Cards are added and never changed. */
@Injectable()
export class RateCards {
  constructor(
    private readonly db: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Adds what the cards that come with the product have and the table lacks. A price that the table holds stays as it
   * is, since messages may have been charged by it; a file that says otherwise is named in the log.
   *
   * @returns how many prices were added
   */
  async importRows(rows: readonly RateRow[] = loadRateRows()): Promise<number> {
    const added = await this.add((sql, values) => this.db.query(sql, values), rows);
    const imported = await this.db.query<RateRow>(`SELECT ${COLUMNS_READ} FROM rates WHERE revision = 0`);
    const first = new Map(imported.map((row) => [cellOf(row), row.price]));
    const differing = rows.filter((row) => first.get(cellOf(row)) !== row.price).map(cellOf);
    if (differing.length > 0) {
      this.logger.error({ cells: differing.slice(0, 20) }, 'rate files differ from imported cards; the table holds');
    }
    return added;
  }

  /** Adds a card in the caller's transaction; prices that are there stay. @returns how many were added */
  addCard(tx: Tx, rows: readonly RateRow[]): Promise<number> {
    return this.add((sql, values) => tx.query(sql, values), rows);
  }

  /**
   * Puts prices of a card right that is there already. The wrong ones stay in the book, since messages were charged by them;
   * from now on the right ones hold, for messages to come and for those that are rated again.
   */
  async addCorrections(tx: Tx, rows: readonly RateRow[]): Promise<void> {
    await tx.query(
      `INSERT INTO rates (card_date, currency, market, category, price, unit, provenance, source, note, revision)
       SELECT n.*, 1 + coalesce((SELECT max(r.revision) FROM rates r
                                  WHERE r.card_date = n.card_date AND r.currency = n.currency AND r.market = n.market
                                    AND r.category = n.category), -1)
         FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::text[], $8::text[],
                     $9::text[]) AS n(card_date, currency, market, category, price, unit, provenance, source, note)`,
      COLUMNS.map((column) => rows.map((row) => row[column])),
    );
  }

  private async add(
    query: (sql: string, values: unknown[]) => Promise<unknown[]>,
    rows: readonly RateRow[],
  ): Promise<number> {
    const added = await query(
      `INSERT INTO rates (card_date, currency, market, category, price, unit, provenance, source, note)
       SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::text[],
                            $8::text[], $9::text[])
       ON CONFLICT DO NOTHING RETURNING 1`,
      COLUMNS.map((column) => rows.map((row) => row[column])),
    );
    return added.length;
  }

  /** Every price of every card as it holds now. */
  rows(): Promise<HeldRate[]> {
    return this.db.query<HeldRate>(held('true'));
  }

  /** The prices of one card as they hold now; empty where there is no such card. */
  card(cardDate: string, currency: string): Promise<HeldRate[]> {
    return this.db.query<HeldRate>(held('card_date = $1::date AND currency = $2'), [cardDate, currency]);
  }

  /** How many prices there are on all cards, those that were put right counted each time. */
  async count(): Promise<number> {
    const [row] = await this.db.query<{ count: number }>('SELECT count(*)::int AS count FROM rates');
    return row?.count ?? 0;
  }

  /** Every card there is, the oldest first. */
  async list(): Promise<CardListed[]> {
    return this.db.query<CardListed>(
      `SELECT card_date::text AS "cardDate", currency, count(DISTINCT (market, category))::int AS prices FROM rates
        GROUP BY card_date, currency ORDER BY card_date, currency`,
    );
  }

  /**
   * What a currency costs on a local day. The card in force is the latest of any currency, as in `cardInForce`; a
   * currency that is not on it has no prices then, and messages in it wait.
   *
   * @param day `YYYY-MM-DD` in the time zone of a WABA
   * @param market only this one
   * @returns undefined before the first card
   */
  async inForce(
    currency: string,
    day: string,
    market?: string,
  ): Promise<{ cardDate: string; rows: HeldRate[] } | undefined> {
    const [card] = await this.db.query<{ cardDate: string | null }>(
      `SELECT max(card_date)::text AS "cardDate" FROM rates WHERE card_date <= $1::date`,
      [day],
    );
    if (!card?.cardDate) return undefined;
    const rows = await this.db.query<HeldRate>(
      held('card_date = $1::date AND currency = $2 AND ($3::text IS NULL OR market = $3)'),
      [card.cardDate, currency, market ?? null],
    );
    return { cardDate: card.cardDate, rows };
  }
}

const COLUMNS = [
  'cardDate',
  'currency',
  'market',
  'category',
  'price',
  'unit',
  'provenance',
  'source',
  'note',
] as const satisfies readonly (keyof RateRow)[];
const cellOf = (row: RateRow): string => `${row.cardDate} ${row.currency} ${row.market} ${row.category}`;
