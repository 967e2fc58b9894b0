import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { derivedId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';
import type { Captured } from '#libs/wallet';

/** Tells a tenant that its balance fell to a level it set: event `wallet_low_balance`, one for each level. */
@Injectable()
export class WalletAlerts {
  constructor(
    private readonly events: TenantEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In the transaction that moved the balance; the gateway's sweeper finds what is to be posted. */
  async tell(tx: Tx, tenantId: string, { balance, currency, fellTo }: Captured): Promise<void> {
    const at = this.clock.now();
    await this.events.publish(
      tx,
      tenantId,
      fellTo.map((level) => ({
        eventId: derivedId(at, tenantId, 'wallet_low_balance', level, balance),
        kind: 'wallet_low_balance',
        body: { object: 'wallet', event: 'wallet_low_balance', level, balance, currency, at: at.toISOString() },
      })),
    );
  }
}
