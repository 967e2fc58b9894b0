import { Injectable } from '@nestjs/common';
import type { Once } from '#libs/idempotency';
import type { ReadReceipt } from '#libs/message-transport';
import { messageIdOf } from '#libs/outbox';
import type { Caller } from '#libs/tenants';
import { Transports } from '../channels/transports.js';
import { fromGraph, unknownObject } from '../graph-envelope/refuse.js';
import type { MessageRequest } from './read-message.js';
import { SendMessage } from './send-message.js';

/** Read receipts and the typing indicator: told to Meta at once and kept nowhere; the caller tries again if it fails. */
@Injectable()
export class MarkAsRead {
  constructor(
    private readonly send: SendMessage,
    private readonly transports: Transports,
  ) {}

  /**
   * The same, once for an Idempotency-Key.
   *
   * @param once the caller's key, which nothing else has taken part with
   */
  markOnce(
    caller: Caller,
    metaPhoneNumberId: string,
    request: MessageRequest & { kind: 'read' },
    once: Once | undefined,
  ): Promise<{ success: boolean }> {
    const mark = () => this.mark(caller, metaPhoneNumberId, request);
    return once ? once.run(mark) : mark();
  }

  /**
   * @returns Meta's answer; the ids of customers' messages are Meta's own, so they pass as they are
   * @throws Refusal as for what does not exist, for a message that was sent rather than received
   */
  async mark(
    caller: Caller,
    metaPhoneNumberId: string,
    request: MessageRequest & { kind: 'read' },
  ): Promise<{ success: boolean }> {
    const channel = await this.send.liveChannel(caller, metaPhoneNumberId);
    const receipt = request.body as unknown as ReadReceipt;
    // Ours are ids of messages that were sent.
    if (messageIdOf(receipt.message_id)) throw unknownObject(receipt.message_id);
    try {
      return await this.transports.of(channel).markRead(receipt, { timeoutMs: 10_000 });
    } catch (error) {
      throw fromGraph(error);
    }
  }
}
