import { Injectable } from '@nestjs/common';
import { customerKeysOf, type Identifier } from '#libs/contacts';
import { timeOfId } from '#libs/ids';
import { Inbound } from '#libs/inbound';
import type { MessageStatus } from '#libs/message-status';
import { newMessageRef, Outbox } from '#libs/outbox';
import type { Tx } from '#libs/persistence';

/** One message of a conversation. */
export interface Line {
  /** Time-ordered: where it stands in the conversation. */
  lineId: string;
  /** What the message is called on the messaging API. */
  messageId: string;
  direction: 'in' | 'out';
  /** In: the time that Meta gives it, in whole seconds. Out: when it was accepted. */
  at: Date;
  phoneNumberId: string;
  type: string;
  /** Of the message's type, as Meta writes it: `{"body"}` of a text, and so on. */
  content: unknown;
  /** Where an outbound message is. */
  status?: MessageStatus;
}

/** What was written between the merchant and one customer, read from the two libs that own it. */
@Injectable()
export class Conversations {
  constructor(
    private readonly inbound: Inbound,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Newest first.
   *
   * @param identifiers of the customer: what was written under any of them belongs to the conversation
   * @param page `before`: the lineId where the last page ended
   */
  async of(
    tx: Tx,
    tenantId: string,
    identifiers: readonly Identifier[],
    page: { before?: string | undefined; limit: number },
  ): Promise<Line[]> {
    const customers = customerKeysOf(identifiers);
    const range = { limit: page.limit, ...(page.before ? { before: page.before } : {}) };
    const lines: Line[] = [];
    for (const row of await this.inbound.list(tx, tenantId, { customers, ...range })) {
      const { inboundId: lineId, metaMessageId: messageId, at, phoneNumberId, type, payload } = row;
      lines.push({ lineId, messageId, direction: 'in', at, phoneNumberId, type, content: payload[type] ?? null });
    }
    for (const recipient of customers) {
      for (const row of await this.outbox.list(tx, tenantId, { recipient, ...range })) {
        const { messageId: lineId, phoneNumberId, type, status } = row;
        const content = JSON.parse(row.payload)[type] ?? null;
        const messageId = newMessageRef(lineId);
        lines.push({ lineId, messageId, direction: 'out', at: timeOfId(lineId), phoneNumberId, type, content, status });
      }
    }
    return lines.sort((a, b) => (a.lineId < b.lineId ? 1 : -1)).slice(0, page.limit);
  }
}
