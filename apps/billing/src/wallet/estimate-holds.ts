import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { timezoneAt, Wabas } from '#libs/wabas';
import { Wallets } from '#libs/wallet';
import { MonthCounters } from '../metering/month-counters.js';
import { Plans } from '../plans/plans.js';
import { CurrentRateBook } from '../rate-card/current-rate-book.js';
import { zoneClock } from '../rating/local-time.js';
import { FREE_A_MONTH } from '../rating/rules-in-force.js';
import { makeEstimates } from './make-estimates.js';

/** So many of a number's free service messages must be left for the next ones to be held for as free. */
const NEARLY_USED_UP = 100;

/** Says what is to be held for the messages of a tenant with a wallet; where nothing is said, nothing is held. */
@Injectable()
export class EstimateHolds {
  constructor(
    private readonly wallets: Wallets,
    private readonly wabas: Wabas,
    private readonly plans: Plans,
    private readonly book: CurrentRateBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Writes the estimates of a tenant's WABAs anew, for today and the plan in force. */
  async write(tx: Tx, tenantId: string): Promise<void> {
    const wallet = await this.wallets.find(tx, tenantId);
    if (!wallet) return;
    const [book, plans, numbers] = [
      await this.book.get(),
      await this.plans.calendar(tx, tenantId),
      await this.wabas.phoneNumbers(tx, tenantId),
    ];
    for (const waba of await this.wabas.wabas(tx, tenantId)) {
      const now = this.clock.now();
      const { day, month } = zoneClock(timezoneAt(waba, now)).dayAt(now.getTime());
      const counters = await MonthCounters.load(tx, tenantId, [month]);
      const withAllowance = numbers
        .filter((n) => n.wabaId === waba.wabaId)
        .map((n) => n.phoneNumberId)
        .filter((id) => counters.allowanceUsed(month, id) + NEARLY_USED_UP < FREE_A_MONTH);
      const made = makeEstimates(book, plans.on(day), { currency: waba.currency, day }, wallet.currency, withAllowance);
      await this.wallets.estimate(tx, tenantId, waba.wabaId, made);
    }
  }
}
