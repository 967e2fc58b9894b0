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

const ROWS = `SELECT card_date::text AS "cardDate", currency, market, category, price::text AS price, unit, provenance,
                     source, note FROM rates`;

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
    const held = new Map((await this.rows()).map((row) => [cellOf(row), row.price]));
    const differing = rows.filter((row) => held.get(cellOf(row)) !== row.price).map(cellOf);
    if (differing.length > 0) {
      this.logger.error({ cells: differing.slice(0, 20) }, 'rate files differ from imported cards; the table holds');
    }
    return added;
  }

  /** Adds a card in the caller's transaction; prices that are there stay. @returns how many were added */
  addCard(tx: Tx, rows: readonly RateRow[]): Promise<number> {
    return this.add((sql, values) => tx.query(sql, values), rows);
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

  /** Every price of every card, from the table. */
  rows(): Promise<RateRow[]> {
    return this.db.query<RateRow>(`${ROWS} ORDER BY card_date, currency, market, category`);
  }

  /** How many prices there are on all cards. */
  async count(): Promise<number> {
    const [row] = await this.db.query<{ count: number }>('SELECT count(*)::int AS count FROM rates');
    return row?.count ?? 0;
  }

  /** Every card there is, the oldest first. */
  async list(): Promise<CardListed[]> {
    return this.db.query<CardListed>(
      `SELECT card_date::text AS "cardDate", currency, count(*)::int AS prices FROM rates
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
  ): Promise<{ cardDate: string; rows: RateRow[] } | undefined> {
    const [card] = await this.db.query<{ cardDate: string | null }>(
      `SELECT max(card_date)::text AS "cardDate" FROM rates WHERE card_date <= $1::date`,
      [day],
    );
    if (!card?.cardDate) return undefined;
    const rows = await this.db.query<RateRow>(
      `${ROWS} WHERE card_date = $1::date AND currency = $2 AND ($3::text IS NULL OR market = $3)
        ORDER BY market COLLATE "C", category`,
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
