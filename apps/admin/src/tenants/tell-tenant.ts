import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';

/** What staff do to a tenant's account, as its webhooks tell it. */
export type StaffEvent = 'account_suspension' | 'account_closing' | 'support_access';

/** Tells a tenant what the provider did, with the reason kept back where it is for staff alone. */
@Injectable()
export class TellTenant {
  constructor(
    private readonly events: TenantEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In the transaction of what it tells; the gateway's sweeper finds what is to be posted. */
  async inWords(tx: Tx, tenantId: string, event: StaffEvent, what: object): Promise<void> {
    const at = this.clock.now();
    await this.events.publish(tx, tenantId, {
      eventId: newId(at),
      kind: event,
      body: { object: 'account', event, ...what, at: at.toISOString() },
    });
  }
}
