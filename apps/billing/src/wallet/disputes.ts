import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { derivedId } from '#libs/ids';
import { compare, parseDecimal, ZERO } from '#libs/money';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';
import { BookPayment } from './book-payment.js';
import { DISPUTE_STAGES, isNews, type ToldOfDispute } from './dispute-stages.js';
import { type DisputeReport, PAYMENT_PROVIDER, type PaymentProvider } from './payment-provider.js';
import { notKnownAsPaid, type TopUp, TopUps } from './top-ups.js';

interface Dispute extends ToldOfDispute {
  readonly amount: string;
  readonly takenBy: string | null;
}

/**
 * The one writer of disputes: top-ups that their payers' banks ask back. What the payment provider has taken back for one is off
 * the wallet, too, and comes back by a reversal when it is won. The tenant is told each stage (event `payment_dispute`).
 */
@Injectable()
export class Disputes {
  constructor(
    private readonly db: Database,
    private readonly topUps: TopUps,
    private readonly books: BookPayment,
    private readonly events: TenantEvents,
    @Inject(PAYMENT_PROVIDER) private readonly payments: PaymentProvider,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * What the provider told of a dispute; told twice, or in another order, it counts once.
   * @throws Refusal (503) for a payment that we were not told of yet: the provider tells it again
   */
  async report(report: DisputeReport): Promise<void> {
    const { tenantId, topupId, reference, stage, toldAt } = report;
    await this.db.inTenant(tenantId, async (tx) => {
      const topup = await this.topUps.lock(tx, tenantId, topupId);
      if (!topup || !this.fits(topup, report)) {
        this.logger.error({ tenantId, topupId, reference }, 'a dispute that fits no top-up of ours');
        return;
      }
      if (topup.status !== 'paid') throw notKnownAsPaid();
      const known = await this.find(tx, tenantId, reference);
      if (known && !isNews(known, report)) return;
      await this.keep(tx, report, await this.book(tx, topup, known, report));
      if (known?.stage !== stage) await this.tell(tx, report);
      this.logger.warn({ tenantId, topupId, reference, stage, toldAt }, 'a payment is disputed');
    });
  }

  private fits(topup: TopUp, { amount, currency }: DisputeReport): boolean {
    return (
      topup.provider === this.payments.name &&
      topup.currency === currency &&
      compare(parseDecimal(amount), ZERO) > 0 &&
      compare(parseDecimal(amount), parseDecimal(topup.amount)) <= 0
    );
  }

  /** @returns the entry by which it is off the wallet now */
  private async book(tx: Tx, topup: TopUp, known: Dispute | undefined, report: DisputeReport): Promise<string | null> {
    const { tenantId, reference, amount, currency, stage, reason, toldAt } = report;
    const takenBy = known?.takenBy ?? null;
    const { taken } = DISPUTE_STAGES[stage];
    const memo = `${topup.provider} ${topup.reference} disputed as ${reference}`;
    if (taken && !takenBy) {
      const id = derivedId(toldAt, topup.topupId, 'dispute', reference);
      const entry = { id, kind: 'dispute' as const };
      await this.books.move(tx, tenantId, entry, { amount: `-${amount}`, currency, memo: `${memo}: ${reason}` });
      return id;
    }
    if (known && takenBy && !taken) {
      await this.books.reverse(tx, tenantId, takenBy, { amount: known.amount, memo: `${memo}: ${stage}` });
      return null;
    }
    return takenBy;
  }

  /** The amount stays what was taken. */
  private async keep(tx: Tx, report: DisputeReport, takenBy: string | null): Promise<void> {
    const { tenantId, reference, topupId, amount, currency, stage, reason, toldAt } = report;
    await tx.query(
      `INSERT INTO wallet_disputes AS d (tenant_id, reference, topup_id, amount, currency, stage, reason, told_at, opened_at,
                                         taken_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
       ON CONFLICT (tenant_id, reference) DO UPDATE
         SET stage = excluded.stage, told_at = excluded.told_at, taken_by = excluded.taken_by,
             amount = CASE WHEN d.taken_by IS NULL THEN excluded.amount ELSE d.amount END`,
      [tenantId, reference, topupId, amount, currency, stage, reason, toldAt, takenBy],
    );
  }

  private async find(tx: Tx, tenantId: string, reference: string): Promise<Dispute | undefined> {
    const [row]: Dispute[] = await tx.query(
      `SELECT stage, told_at AS "toldAt", amount::text, taken_by AS "takenBy" FROM wallet_disputes
        WHERE tenant_id = $1 AND reference = $2`,
      [tenantId, reference],
    );
    return row;
  }

  private async tell(tx: Tx, report: DisputeReport): Promise<void> {
    const { tenantId, topupId, reference, stage, reason, amount, currency, toldAt } = report;
    await this.events.publish(tx, tenantId, {
      eventId: derivedId(this.clock.now(), tenantId, 'payment_dispute', reference, stage, toldAt.toISOString()),
      kind: 'payment_dispute',
      body: {
        object: 'wallet',
        event: 'payment_dispute',
        top_up: topupId,
        dispute: reference,
        stage,
        reason,
        amount,
        currency,
        at: toldAt.toISOString(),
      },
    });
  }
}
