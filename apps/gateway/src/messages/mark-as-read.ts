import { Injectable } from '@nestjs/common';
import { GraphClient } from '#libs/meta-cloud';
import type { Caller } from '#libs/tenants';
import { fromGraph } from '../graph-envelope/refuse.js';
import type { MessageRequest } from './read-message.js';
import { SendMessage } from './send-message.js';

/** Read receipts and the typing indicator: told to Meta at once and kept nowhere; the caller tries again if it fails. */
@Injectable()
export class MarkAsRead {
  constructor(
    private readonly send: SendMessage,
    private readonly graph: GraphClient,
  ) {}

  /** @returns Meta's answer; the ids of customers' messages are Meta's own, so they pass as they are */
  async mark(
    caller: Caller,
    metaPhoneNumberId: string,
    request: MessageRequest & { kind: 'read' },
  ): Promise<{ success: boolean }> {
    const { token } = await this.send.liveChannel(caller, metaPhoneNumberId);
    try {
      return await this.graph.call({
        method: 'POST',
        path: `/${metaPhoneNumberId}/messages`,
        body: request.body,
        token,
        timeoutMs: 10_000,
      });
    } catch (error) {
      throw fromGraph(error);
    }
  }
}
