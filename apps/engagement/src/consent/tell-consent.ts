import { Injectable } from '@nestjs/common';
import { type ConsentChange, consentEvent } from '#libs/consent';
import type { Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';

/** Tells the merchant's endpoints of consents that changed; the gateway posts, signs and repeats. */
@Injectable()
export class TellConsent {
  constructor(private readonly events: TenantEvents) {}

  /** In the caller's transaction. The gateway's sweeper finds the posts. */
  async changed(tx: Tx, tenantId: string, changes: readonly ConsentChange[]): Promise<void> {
    await this.events.publish(
      tx,
      tenantId,
      changes.map((change) => consentEvent(change)),
    );
  }
}
