import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { bookingDay, Ledger, move, Periods } from '#libs/ledger';
import { formatDecimal, negate, parseDecimal } from '#libs/money';
import type { Tx } from '#libs/persistence';
import { Wallets } from '#libs/wallet';
import { WalletAlerts } from './wallet-alerts.js';

/** Money that comes in or goes out is on the wallet and in the books in one transaction. */
@Injectable()
export class BookPayment {
  constructor(
    private readonly wallets: Wallets,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly alerts: WalletAlerts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param amount more for money that came in, negative for what went out */
  async move(
    tx: Tx,
    tenantId: string,
    entry: { id: string; kind: 'top_up' | 'refund' | 'dispute' },
    { amount, currency, memo }: { amount: string; currency: string; memo: string },
  ): Promise<void> {
    const postings = amount.startsWith('-')
      ? move(formatDecimal(negate(parseDecimal(amount))), currency, 'wallet', 'bank')
      : move(amount, currency, 'bank', 'wallet');
    const bookedOn = await this.day(tx, tenantId);
    await this.ledger.post(tx, tenantId, [
      { entryId: entry.id, kind: entry.kind, messageId: null, bookedOn, memo, postings },
    ]);
    await this.onWallet(tx, tenantId, amount);
  }

  /** Takes an entry of `move` back. @param amount what comes onto the wallet by that */
  async reverse(tx: Tx, tenantId: string, entryId: string, what: { amount: string; memo: string }): Promise<void> {
    const bookedOn = await this.day(tx, tenantId);
    if (!(await this.ledger.reverse(tx, tenantId, entryId, { memo: what.memo, bookedOn }))) {
      throw new Error(`entry ${entryId} is gone`);
    }
    await this.onWallet(tx, tenantId, what.amount);
  }

  private async onWallet(tx: Tx, tenantId: string, amount: string): Promise<void> {
    const moved = await this.wallets.move(tx, tenantId, amount);
    if (moved) await this.alerts.tell(tx, tenantId, moved);
  }

  private async day(tx: Tx, tenantId: string): Promise<string> {
    const today = this.clock.now().toISOString().slice(0, 10);
    return bookingDay(today, await this.periods.closedThrough(tx, tenantId));
  }
}
