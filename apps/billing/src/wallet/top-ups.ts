import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { derivedId, newId } from '#libs/ids';
import { compare, formatDecimal, negate, parseDecimal, subtract, ZERO } from '#libs/money';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { Wallets } from '#libs/wallet';
import { BookPayment } from './book-payment.js';
import type { DisputeStage } from './dispute-stages.js';
import { PAYMENT_PROVIDER, type PaymentProvider, type PaymentReport } from './payment-provider.js';

export interface TopUp {
  readonly topupId: string;
  readonly provider: 'stripe' | 'bank';
  readonly reference: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly status: 'pending' | 'paid' | 'failed';
  /** How much of it was paid back. */
  readonly refunded: string;
  /** What payers' banks asked back of it. */
  readonly disputes: readonly TopUpDispute[];
  readonly url: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface TopUpDispute {
  readonly reference: string;
  readonly amount: string;
  readonly stage: DisputeStage;
  readonly reason: string;
  readonly openedAt: string;
}

/** Of a row `t`. */
const COLUMNS = `t.topup_id AS "topupId", t.provider, t.reference, t.amount::text, t.currency, t.status, t.refunded::text,
  t.url, t.created_at AS "createdAt", t.settled_at AS "settledAt",
  (SELECT coalesce(json_agg(json_build_object('reference', d.reference, 'amount', d.amount::text, 'stage', d.stage,
                                              'reason', d.reason, 'openedAt', d.opened_at)
                            ORDER BY d.opened_at, d.reference), '[]')
     FROM wallet_disputes d WHERE d.tenant_id = t.tenant_id AND d.topup_id = t.topup_id) AS disputes`;

/** The provider tells again what is answered so. */
export const notKnownAsPaid = (): Refusal =>
  new Refusal(503, 'temporarily_unavailable', 'It is not known here yet that this was paid. Tell it again.');

/** The one writer of top-ups: money that came in is on the wallet and in the books in one transaction, once. */
@Injectable()
export class TopUps {
  constructor(
    private readonly db: Database,
    private readonly wallets: Wallets,
    private readonly books: BookPayment,
    @Inject(PAYMENT_PROVIDER) private readonly payments: PaymentProvider,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Begins a top-up by card or whatever the provider takes; the tenant pays at its `url`.
   * @throws Refusal without a wallet, without a provider, or when the provider refuses
   */
  async begin(tenantId: string, amount: string, returnUrl: string, by: string): Promise<TopUp> {
    if (!this.payments.ready)
      throw Refusal.conflict('Online payment is not set up here. Ask your provider how to transfer.');
    if (compare(parseDecimal(amount), parseDecimal('0')) <= 0) throw Refusal.invalid('amount: must be more than 0.');
    const createdAt = this.clock.now();
    const topupId = newId(createdAt);
    const currency = await this.db.inTenant(tenantId, async (tx) => {
      const wallet = await this.wallets.find(tx, tenantId);
      if (!wallet) throw Refusal.notFound('wallet');
      await tx.query(
        `INSERT INTO wallet_topups (tenant_id, topup_id, provider, amount, currency, status, made_by, created_at)
         VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7)`,
        [tenantId, topupId, this.payments.name, amount, wallet.currency, by, createdAt],
      );
      return wallet.currency;
    });
    const begun = await this.payments.begin({ tenantId, topupId, amount, currency, returnUrl }).catch(async (error) => {
      await this.db.inTenant(tenantId, (tx) => this.settle(tx, tenantId, topupId, 'failed'));
      throw error;
    });
    return this.db.inTenant(tenantId, async (tx) => {
      await tx.query('UPDATE wallet_topups SET reference = $3, url = $4 WHERE tenant_id = $1 AND topup_id = $2', [
        tenantId,
        topupId,
        begun.reference,
        begun.url,
      ]);
      return this.mustFind(tx, tenantId, topupId);
    });
  }

  /** What the provider told of a payment; told twice, it counts once. What does not fit our record is not believed. */
  async report(report: PaymentReport): Promise<void> {
    const { tenantId, topupId, reference, became, amount, currency } = report;
    if (became === 'refunded') return this.refund(report);
    await this.db.inTenant(tenantId, async (tx) => {
      const topup = await this.lock(tx, tenantId, topupId);
      const fits =
        topup &&
        topup.provider === this.payments.name &&
        (topup.reference === null || topup.reference === reference) &&
        topup.currency === currency &&
        compare(parseDecimal(topup.amount), parseDecimal(amount)) === 0;
      if (!fits) {
        this.logger.error({ tenantId, topupId, reference }, 'a payment that fits no top-up of ours');
        return;
      }
      if (topup.status === 'paid' || topup.status === became) return;
      if (topup.reference === null) {
        await tx.query('UPDATE wallet_topups SET reference = $3 WHERE tenant_id = $1 AND topup_id = $2', [
          tenantId,
          topupId,
          reference,
        ]);
      }
      await this.settle(tx, tenantId, topupId, became);
      if (became === 'paid') await this.bookPaid(tx, tenantId, { ...topup, reference });
    });
  }

  /**
   * Takes back what the provider paid back. It tells the sum of all refunds of a payment, so what is booked is what that is
   * more than before: told twice, or in another order, it counts once.
   *
   * @throws Refusal (503) for a payment that we were not told of yet: the provider tells it again
   */
  private async refund({ tenantId, topupId, reference, amount, currency }: PaymentReport): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      const topup = await this.lock(tx, tenantId, topupId);
      const all = parseDecimal(amount);
      const fits =
        topup?.provider === this.payments.name &&
        topup.currency === currency &&
        compare(all, parseDecimal(topup.amount)) <= 0;
      if (!topup || !fits) {
        this.logger.error({ tenantId, topupId, reference }, 'a refund that fits no top-up of ours');
        return;
      }
      if (topup.status !== 'paid') throw notKnownAsPaid();
      const more = subtract(all, parseDecimal(topup.refunded));
      if (compare(more, ZERO) <= 0) return;
      await tx.query('UPDATE wallet_topups SET refunded = $3 WHERE tenant_id = $1 AND topup_id = $2', [
        tenantId,
        topupId,
        amount,
      ]);
      const entry = { id: derivedId(topup.createdAt, topupId, 'refund', amount), kind: 'refund' as const };
      const memo = `${topup.provider} ${topup.reference} paid back by ${reference}`;
      await this.books.move(tx, tenantId, entry, { amount: formatDecimal(negate(more)), currency, memo });
    });
  }

  /**
   * A transfer that staff saw on the bank statement; negative for one that was paid back.
   * @param reference of the statement: the same transfer is entered once
   */
  async transfer(tx: Tx, tenantId: string, wish: { amount: string; reference: string }, by: string): Promise<TopUp> {
    const wallet = await this.wallets.find(tx, tenantId);
    if (!wallet) throw Refusal.notFound('wallet');
    const now = this.clock.now();
    const rows: { topupId: string }[] = await tx.query(
      `INSERT INTO wallet_topups (tenant_id, topup_id, provider, reference, amount, currency, status, made_by, created_at,
                                  settled_at)
       VALUES ($1, $2, 'bank', $3, $4, $5, 'paid', $6, $7, $7) ON CONFLICT DO NOTHING RETURNING topup_id AS "topupId"`,
      [tenantId, newId(now), wish.reference, wish.amount, wallet.currency, by, now],
    );
    if (!rows[0]) throw Refusal.conflict(`The transfer ${wish.reference} was entered before.`);
    const topup = await this.mustFind(tx, tenantId, rows[0].topupId);
    await this.bookPaid(tx, tenantId, topup);
    const after = await this.wallets.find(tx, tenantId);
    if (wish.amount.startsWith('-') && after && compare(parseDecimal(after.balance), ZERO) < 0) {
      throw Refusal.conflict(`The wallet holds ${wallet.balance} ${wallet.currency}: no more can be paid back.`);
    }
    return topup;
  }

  /** Newest first. */
  async list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<TopUp[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM wallet_topups t WHERE t.tenant_id = $1 AND ($2::uuid IS NULL OR t.topup_id < $2)
        ORDER BY t.topup_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  private bookPaid(tx: Tx, tenantId: string, { topupId, createdAt, provider, reference, ...t }: TopUp): Promise<void> {
    const entry = { id: derivedId(createdAt, topupId, 'top_up'), kind: 'top_up' as const };
    return this.books.move(tx, tenantId, entry, { ...t, memo: `${provider} ${reference}` });
  }

  private async settle(tx: Tx, tenantId: string, topupId: string, status: 'paid' | 'failed'): Promise<void> {
    await tx.query('UPDATE wallet_topups SET status = $3, settled_at = $4 WHERE tenant_id = $1 AND topup_id = $2', [
      tenantId,
      topupId,
      status,
      this.clock.now(),
    ]);
  }

  /** A top-up, which nobody else changes until the transaction ends. */
  async lock(tx: Tx, tenantId: string, topupId: string): Promise<TopUp | undefined> {
    const [row]: TopUp[] = await tx.query(
      `SELECT ${COLUMNS} FROM wallet_topups t WHERE t.tenant_id = $1 AND t.topup_id = $2 FOR UPDATE OF t`,
      [tenantId, topupId],
    );
    return row;
  }

  private async mustFind(tx: Tx, tenantId: string, topupId: string): Promise<TopUp> {
    const row = await this.lock(tx, tenantId, topupId);
    if (!row) throw new Error(`top-up ${topupId} is gone`);
    return row;
  }
}
