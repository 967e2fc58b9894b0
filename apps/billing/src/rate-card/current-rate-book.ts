import { Injectable, type OnModuleInit } from '@nestjs/common';
import { loadTierRows } from './load-rate-book.js';
import { buildRateBook, type RateBook } from './rate-card.js';
import { RateCards } from './rate-cards.js';

/**
 * The rate book that this worker rates with: the table of rates, in memory. Made when the worker starts, after the cards
 * that come with the product were imported, so every price that is charged is a row of the table.
 */
@Injectable()
export class CurrentRateBook implements OnModuleInit {
  private loading: Promise<RateBook> | undefined;

  constructor(private readonly cards: RateCards) {}

  async onModuleInit(): Promise<void> {
    await this.get();
  }

  /** The book; jobs that come before it is loaded wait for it. */
  get(): Promise<RateBook> {
    this.loading ??= this.load().catch((error) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  private async load(): Promise<RateBook> {
    await this.cards.importRows();
    // Tier prices are Meta's own file and are not in the table yet; a tier only applies on the list price it starts from.
    return buildRateBook(await this.cards.rows(), loadTierRows());
  }
}
