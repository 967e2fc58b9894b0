import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { bookingDay, type Charge, Ledger, Periods } from '#libs/ledger';
import { formatDecimal, isZero, parseDecimal, times } from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import { Wallets } from '#libs/wallet';
import { WalletAlerts } from '../wallet/wallet-alerts.js';
import { BY_HAND } from './reprice.js';

/** What a message should have cost the tenant. */
export interface RightPrice {
  readonly unitPrice: string;
  readonly category?: string | undefined;
  readonly reason: string;
}

/**
 * Corrects what a tenant was charged for a message. The charge stays; it is taken back and charged anew beside it, in the
 * month that is open. Meta's cost is not touched: what Meta charges is settled with Meta.
 */
@Injectable()
export class CorrectCharge {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly wallets: Wallets,
    private readonly alerts: WalletAlerts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param also what is done in the same transaction, such as an entry in the audit log; `was` is the charge before
   * @returns the charge as it is now; @throws Refusal for a message that is not charged, or is charged so already
   */
  correct(
    tenantId: string,
    messageId: string,
    right: RightPrice,
    also: (tx: Tx, charge: Charge, was: Charge) => Promise<void> = async () => {},
  ): Promise<Charge> {
    return this.db.inTenant(tenantId, async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('rating:' || $1, 0))`, [tenantId]);
      const rows = await this.ledger.chargesOf(tx, tenantId, messageId);
      const cost = rows.filter((row) => row.side === 'cost').at(-1);
      const price = rows.filter((row) => row.side === 'price').at(-1);
      if (!cost || !price) throw Refusal.notFound('charge');
      const today = this.clock.now().toISOString().slice(0, 10);
      const bookedOn = bookingDay(today, await this.periods.closedThrough(tx, tenantId));
      const corrected: Charge = {
        ...price,
        category: right.category ?? price.category,
        unitPrice: right.unitPrice,
        amount: formatDecimal(times(parseDecimal(right.unitPrice), price.quantity)),
        rule: `${cost.rule}${BY_HAND}`,
      };
      const wallet = await this.wallets.find(tx, tenantId);
      const why = { memo: right.reason, bookedOn };
      const done = await this.ledger.correct(tx, tenantId, [[cost, corrected]], why, wallet?.currency);
      if (done.messageIds.length === 0) throw Refusal.conflict('The message is charged so already.');
      const moved = isZero(parseDecimal(done.toWallet))
        ? undefined
        : await this.wallets.move(tx, tenantId, done.toWallet);
      if (moved) await this.alerts.tell(tx, tenantId, moved);
      const now = (await this.ledger.chargesOf(tx, tenantId, messageId)).filter((row) => row.side === 'price');
      const charge = now.at(-1) as Charge;
      await also(tx, charge, price);
      return charge;
    });
  }
}
