import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { Wabas } from '#libs/wabas';
import { Wallets } from '#libs/wallet';
import { MonthCounters } from '../metering/month-counters.js';
import { Plans } from '../plans/plans.js';
import { CurrentRateBook } from '../rate-card/current-rate-book.js';
import { zoneClock } from '../rating/local-time.js';
import { FREE_A_MONTH } from '../rating/rules-in-force.js';
import { makeEstimates } from './make-estimates.js';

const GIVE_BACK_MS = 2_000;
const ESTIMATES_MS = 30_000;
/** So many of a number's free service messages must be left for the next ones to be held for as free. */
const NEARLY_USED_UP = 100;

/** Gives back what is held for messages that ended, and says what to hold for those to come. */
@Injectable()
export class KeepWallets implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly wallets: Wallets,
    private readonly wabas: Wabas,
    private readonly plans: Plans,
    private readonly book: CurrentRateBook,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('give back what wallets hold', GIVE_BACK_MS, () => this.giveBack());
    this.periodic.every('estimate what wallets hold', ESTIMATES_MS, () => this.estimateAll());
  }

  async giveBack(): Promise<void> {
    for (const tenantId of await this.wallets.tenants('with ended holds')) {
      while ((await this.db.inTenant(tenantId, (tx) => this.wallets.giveBack(tx, tenantId))) > 0);
    }
  }

  async estimateAll(): Promise<void> {
    for (const tenantId of await this.wallets.tenants('all')) {
      await this.db.inTenant(tenantId, async (tx) => {
        await this.wallets.endOldHolds(tx, tenantId);
        await this.estimate(tx, tenantId);
      });
    }
  }

  /** Writes the estimates of a tenant's WABAs anew. */
  async estimate(tx: Tx, tenantId: string): Promise<void> {
    const wallet = await this.wallets.find(tx, tenantId);
    if (!wallet) return;
    const [book, plans, numbers] = [
      await this.book.get(),
      await this.plans.calendar(tx, tenantId),
      await this.wabas.phoneNumbers(tx, tenantId),
    ];
    for (const waba of await this.wabas.wabas(tx, tenantId)) {
      const { day, month } = zoneClock(waba.timezone).dayAt(this.clock.now().getTime());
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
