import { Injectable, type OnModuleInit } from '@nestjs/common';
import { loadTierRows } from './load-rate-book.js';
import { buildRateBook, type RateBook } from './rate-card.js';
import { RateCards } from './rate-cards.js';

const LOOK_AGAIN_MS = 5_000;

/**
 * The rate book that this process prices with: the table of rates, in memory. Made when the process starts, after the cards
 * that come with the product were imported, so every price that is charged is a row of the table; made anew when staff
 * added a card.
 */
@Injectable()
export class CurrentRateBook implements OnModuleInit {
  private loading: Promise<{ book: RateBook; prices: number }> | undefined;
  private lookAgainAt = 0;

  constructor(private readonly cards: RateCards) {}

  async onModuleInit(): Promise<void> {
    await this.get();
  }

  /** The book; jobs that come before it is loaded wait for it. */
  async get(): Promise<RateBook> {
    this.loading ??= this.forgetIfItFails(this.cards.importRows().then(() => this.load()));
    const held = await this.loading;
    const now = performance.now();
    if (now < this.lookAgainAt) return held.book;
    this.lookAgainAt = now + LOOK_AGAIN_MS;
    // Prices are added and never changed, also when one is put right, so their number tells whether there is a new one.
    if ((await this.cards.count()) !== held.prices) this.loading = this.forgetIfItFails(this.load());
    return (await this.loading).book;
  }

  /** The book with all that was added until now. */
  async latest(): Promise<RateBook> {
    this.lookAgainAt = 0;
    return this.get();
  }

  private forgetIfItFails<T>(work: Promise<T>): Promise<T> {
    return work.catch((error) => {
      this.loading = undefined;
      throw error;
    });
  }

  private async load(): Promise<{ book: RateBook; prices: number }> {
    // Tier prices are Meta's own file and are not in the table yet; a tier only applies on the list price it starts from.
    const prices = await this.cards.count();
    return { book: buildRateBook(await this.cards.rows(), loadTierRows()), prices };
  }
}
