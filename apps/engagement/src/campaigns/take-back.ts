import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { originOf } from '#libs/gateway-client';
import { unsentOf, withdraw } from '#libs/outbox';
import { Database } from '#libs/persistence';
import type { Lanes } from '#libs/queues';
import { Campaigns } from './campaigns.js';
import { Recipients } from './recipients.js';

/** Messages of one transaction, and of one call to the gateway. */
const AT_ONCE = 500;

/**
 * Takes back what the gateway has of a cancelled campaign and Meta has not: what waits behind other messages, for its template,
 * or for a number that rests. The number is due until nothing is left, so whoever is killed at it is followed by another.
 */
@Injectable()
export class TakeBack {
  constructor(
    private readonly db: Database,
    private readonly campaigns: Campaigns,
    private readonly recipients: Recipients,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All of a number, under the lease of its lane: nothing is handed over for it meanwhile. */
  async all(lane: Lanes['engagement.campaign']): Promise<undefined> {
    const { tenantId, campaignId, phoneNumberId } = lane;
    const ids = await this.db.inTenant(tenantId, async (tx) => {
      // Of these nobody knows whether the gateway has them: whoever was handing them over was killed, or got no answer.
      const unanswered = await this.recipients.unanswered(tx, lane, AT_ONCE);
      const unsent = await unsentOf(tx, tenantId, {
        phoneNumberId,
        clientData: originOf({ kind: 'campaign', id: campaignId }),
      });
      return [...new Set([...unanswered.flatMap(({ messageId }) => messageId ?? []), ...unsent])];
    });
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      await this.db.inTenant(tenantId, async (tx) => {
        const taken = await withdraw(tx, tenantId, ids.slice(from, from + AT_ONCE), this.clock.now());
        await this.recipients.takenBack(tx, lane, taken);
      });
    }
    await this.db.inTenant(tenantId, (tx) => this.campaigns.setDue(tx, lane, null, phoneNumberId));
    return undefined;
  }
}
