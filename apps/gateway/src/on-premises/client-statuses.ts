import { Injectable } from '@nestjs/common';
import { isOnPremisesMessageId } from '#libs/meta-on-premises';
import { Outbox, OutboxDoubts } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { matchDoubts, type Stray } from './match-doubts.js';

/** A status as it was read of a callback. */
interface ReadStatus {
  context: { phoneNumberId: string };
  fields: Readonly<Record<string, unknown>>;
  metaId: string | undefined;
  at: Date;
}

/**
 * Finds the messages that statuses of an On-Premises client are about: those of its number that went over it, and no
 * others. What Meta carried and charges for is not the client's to deliver, nor to price.
 */
@Injectable()
export class ClientStatuses {
  constructor(
    private readonly outbox: Outbox,
    private readonly doubts: OutboxDoubts,
  ) {}

  /**
   * By the client's ids; where no message has one, among those whose call over the client had no answer.
   *
   * @param statuses of one client
   * @returns our ids of messages, by the client's
   */
  async messageIds(tx: Tx, tenantId: string, statuses: readonly ReadStatus[]): Promise<Map<string, string>> {
    const named = statuses.flatMap((status) => {
      const { metaId } = status;
      return metaId && isOnPremisesMessageId(metaId) ? [{ ...status, metaId }] : [];
    });
    const phoneNumberId = named[0]?.context.phoneNumberId;
    if (phoneNumberId === undefined) return new Map();
    const ids = [...new Set(named.map((s) => s.metaId))];
    const found = await this.outbox.idsByMetaId(tx, tenantId, ids, phoneNumberId);
    const strays = named.flatMap(({ metaId, fields, at }): Stray[] => {
      const { recipient_id: recipient, status } = fields;
      if (found.has(metaId) || typeof recipient !== 'string') return [];
      return [{ metaMessageId: metaId, recipient, status: String(status), at }];
    });
    if (strays.length === 0) return found;
    const recipients = [...new Set(strays.map((s) => s.recipient))];
    const inDoubt = await this.doubts.overClient(tx, tenantId, phoneNumberId, recipients);
    return new Map([...found, ...matchDoubts(strays, inDoubt)]);
  }
}
