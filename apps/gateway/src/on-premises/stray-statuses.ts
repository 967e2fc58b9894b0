import { Injectable } from '@nestjs/common';
import { isOnPremisesMessageId } from '#libs/meta-on-premises';
import { OutboxDoubts } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { matchDoubts, type Stray } from './match-doubts.js';

/** A status as it was read of a webhook. */
interface ReadStatus {
  context: { phoneNumberId: string };
  fields: Readonly<Record<string, unknown>>;
  metaId: string | undefined;
  at: Date;
}

/** Finds the messages in doubt to which statuses with unknown ids of On-Premises clients belong. */
@Injectable()
export class StrayStatuses {
  constructor(private readonly doubts: OutboxDoubts) {}

  /**
   * @param statuses whose ids no message of ours has; those of the Cloud API are left alone, for they carry callback data
   * @returns our ids of messages, by the client's
   */
  async messageIds(tx: Tx, tenantId: string, statuses: readonly ReadStatus[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const byNumber = new Map<string, Stray[]>();
    for (const { context, fields, metaId, at } of statuses) {
      const { recipient_id: recipient, status } = fields;
      if (!metaId || !isOnPremisesMessageId(metaId) || typeof recipient !== 'string') continue;
      const strays = byNumber.get(context.phoneNumberId) ?? [];
      byNumber.set(context.phoneNumberId, strays);
      strays.push({ metaMessageId: metaId, recipient, status: String(status), at });
    }
    for (const [phoneNumberId, strays] of byNumber) {
      const recipients = [...new Set(strays.map((s) => s.recipient))];
      const inDoubt = await this.doubts.toRecipients(tx, tenantId, phoneNumberId, recipients);
      for (const [metaId, ourId] of matchDoubts(strays, inDoubt)) found.set(metaId, ourId);
    }
    return found;
  }
}
