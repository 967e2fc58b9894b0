import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { bookingDay, type Charge, Ledger, Periods } from '#libs/ledger';
import { add, formatDecimal, parseDecimal, ZERO } from '#libs/money';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { type UsageFact, UsageFacts } from '#libs/usage';
import { PortfolioPrices, timezonesOf, type Waba, Wabas } from '#libs/wabas';
import { Wallets } from '#libs/wallet';
import { type PlanCalendar, Plans } from '../plans/plans.js';
import { priceOf } from '../plans/price-of.js';
import { CurrentRateBook } from '../rate-card/current-rate-book.js';
import { rateMessage } from '../rating/rate-message.js';
import type { DeliveredMessage, Known, ParkReason } from '../rating/verdict.js';
import { WalletAlerts } from '../wallet/wallet-alerts.js';
import { costCharge } from './cost-charge.js';
import { decideAlone } from './decide-alone.js';
import { deliveredMessage } from './delivered-message.js';
import { MonthCounters } from './month-counters.js';
import { PortfolioKnowledge } from './portfolio-knowledge.js';

/** How many facts are rated in one transaction. */
export const BATCH = 500;

/** A fact that can be rated: what it says, and whose counters it moves. */
interface Ratable {
  readonly fact: UsageFact;
  readonly message: DeliveredMessage;
  readonly month: string;
  readonly portfolioId: string;
}

/**
 * Rates delivered messages: facts in, charges and journal entries out, in one transaction that also marks the facts. A
 * message that was charged before is not charged again, whoever asks and however often.
 */
@Injectable()
export class RateUsage {
  constructor(
    private readonly db: Database,
    private readonly facts: UsageFacts,
    private readonly wabas: Wabas,
    private readonly portfolioPrices: PortfolioPrices,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly plans: Plans,
    private readonly wallets: Wallets,
    private readonly alerts: WalletAlerts,
    private readonly book: CurrentRateBook,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Rates a tenant's next facts. @returns how many were taken; fewer than BATCH means that nothing waits */
  async rateNext(tenantId: string): Promise<number> {
    return this.db.inTenant(tenantId, async (tx) => {
      // Counters make a tenant's prices depend on each other, so one transaction at a time rates for a tenant. The
      // lane's lease keeps workers apart already; this holds also when a lease ran out under a worker that still lives.
      await decideAlone(tx, tenantId);
      const taken = await this.facts.takeNew(tx, tenantId, BATCH);
      if (taken.length > 0) await this.rate(tx, tenantId, taken);
      return taken.length;
    });
  }

  /**
   * Rates parked facts anew, for staff who added a rate or learnt what a category means.
   *
   * @param reason only those parked for it, e.g. `no_rate`
   * @returns how many were let go; those that still cannot be priced are parked again
   */
  async rateParkedAgain(tenantId: string, reason?: string): Promise<number> {
    const count = await this.db.inTenant(tenantId, (tx) => this.facts.unpark(tx, tenantId, reason));
    while ((await this.rateNext(tenantId)) === BATCH);
    return count;
  }

  private async rate(tx: Tx, tenantId: string, taken: readonly UsageFact[]): Promise<void> {
    const wabas = new Map((await this.wabas.wabas(tx, tenantId)).map((waba) => [waba.wabaId, waba]));
    const before = await this.ledger.chargedAmong(
      tx,
      tenantId,
      taken.map((fact) => fact.messageId),
    );
    const ratable: Ratable[] = [];
    for (const fact of taken) {
      if (before.has(fact.messageId)) continue;
      const read = this.read(fact, wabas.get(fact.wabaId));
      if (typeof read === 'string') await this.facts.park(tx, tenantId, fact.messageId, read);
      else ratable.push(read);
    }

    const book = await this.book.get();
    const plans = await this.plans.calendar(tx, tenantId);
    const closedThrough = await this.periods.closedThrough(tx, tenantId);
    const counters = await MonthCounters.load(tx, tenantId, [...new Set(ratable.map((one) => one.month))]);
    const knowledge = new PortfolioKnowledge(await this.portfolioPrices.told(tx, tenantId));
    const charges: Charge[] = [];
    for (const { fact, message, month, portfolioId } of ratable) {
      knowledge.lift(counters, portfolioId, month, message.at);
      const known = whatIsKnown(fact, month, portfolioId, counters, knowledge);
      const verdict = rateMessage(message, known, book);
      if (verdict.outcome === 'parked') {
        await this.facts.park(tx, tenantId, fact.messageId, verdict.reason);
        this.logger.warn({ tenantId, messageId: fact.messageId, reason: verdict.reason }, 'a message waits unpriced');
        continue;
      }
      const day = bookingDay(verdict.day, closedThrough);
      const cost = { ...costCharge(fact, message, verdict), bookedOn: day === verdict.day ? null : day };
      const price = priced(plans, cost, month, counters);
      if (price === 'no_exchange_rate') {
        await this.facts.park(tx, tenantId, fact.messageId, price);
        this.logger.warn({ tenantId, messageId: fact.messageId, reason: price }, 'a message waits unpriced');
        continue;
      }
      counters.apply(verdict, { phoneNumberId: fact.phoneNumberId, portfolioId });
      charges.push(cost, price);
    }
    const wallet = await this.wallets.find(tx, tenantId);
    const fresh = await this.ledger.charge(tx, tenantId, charges, wallet?.currency);
    if (wallet) await this.capture(tx, tenantId, fresh, charges, wallet.currency);
    await counters.save(tx);
    await this.facts.markRated(tx, tenantId, ...before, ...new Set(charges.map((c) => c.messageId)));
  }

  /** Last in the transaction but for the marks, so that the wallet is locked for a moment only. */
  private async capture(
    tx: Tx,
    tenantId: string,
    fresh: ReadonlySet<string>,
    charges: readonly Charge[],
    currency: string,
  ): Promise<void> {
    const cost = charges
      .filter((c) => c.side === 'price' && c.currency === currency && fresh.has(c.messageId))
      .reduce((sum, c) => add(sum, parseDecimal(c.amount)), ZERO);
    const captured = await this.wallets.capture(tx, tenantId, [...fresh], formatDecimal(cost));
    if (captured) await this.alerts.tell(tx, tenantId, captured);
  }

  /** A fact in the terms of rating, or why it cannot be read. */
  private read(fact: UsageFact, waba: Waba | undefined): Ratable | ParkReason | 'unknown_zone' {
    if (!waba) return 'unknown_number';
    try {
      const message = deliveredMessage(fact, waba);
      return { fact, message, month: message.waba.zone.dayAt(message.at).month, portfolioId: waba.portfolioId };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.logger.error(
        { tenantId: fact.tenantId, wabaId: waba.wabaId, zones: timezonesOf(waba) },
        'no such time zone',
      );
      return 'unknown_zone';
    }
  }
}

/** The tenant's price under the plan in force on the local day; what a plan includes is counted as it is used. */
function priced(
  plans: PlanCalendar,
  cost: Charge,
  month: string,
  counters: MonthCounters,
): Charge | 'no_exchange_rate' {
  const plan = plans.on(cost.localDay);
  const made = priceOf(plan, cost, (name) => counters.includedUsed(month, plan.plan, name));
  if (made === 'no_exchange_rate') return made;
  if (made.draws) counters.useIncluded(month, plan.plan, made.draws);
  return made.charge;
}

/**
 * What the platform knows at the billing moment, beside Meta's word. Free entry is Meta's to say: its pricing block names
 * it, so a message without a block waits for one. Over an On-Premises client none comes that could be believed: such a
 * message is priced by its category, and nothing is entered free. Conversations ended in 2025, before the platform's first
 * message.
 */
function whatIsKnown(
  fact: UsageFact,
  month: string,
  portfolioId: string,
  counters: MonthCounters,
  knowledge: PortfolioKnowledge,
): Known {
  const portfolio = knowledge.factsAt(portfolioId, fact.deliveredAt.getTime());
  return {
    serviceWindowOpen: fact.inWindow,
    freeEntry: fact.overClient ? 'none' : 'undecided',
    openConversations: [],
    freeConversationsUsed: 0,
    allowanceUsed: counters.allowanceUsed(month, fact.phoneNumberId),
    volumeUsed: (market, category) => counters.volumeUsed(month, portfolioId, market, category),
    portfolio,
    portfolioAtLast: portfolio,
  };
}
