import type { MessageTransport, ReadReceipt, SendOptions, Submitted } from '#libs/message-transport';
import type { GraphClient } from './graph-client.js';
import { productPolicyOf } from './marketing-body.js';

interface SendAnswer {
  messages?: { id?: string; message_status?: string }[];
}

/** Carries the messages of one number over the Cloud API; as cheap to make as to keep. */
export class CloudTransport implements MessageTransport {
  constructor(
    private readonly graph: Pick<GraphClient, 'call'>,
    private readonly number: { metaPhoneNumberId: string; token: string | undefined },
  ) {}

  async send(body: string, options: SendOptions = {}): Promise<Submitted> {
    const answer = await this.post<SendAnswer | undefined>(
      body,
      options,
      productPolicyOf(body) ? 'marketing_messages' : 'messages',
    );
    const sent = answer?.messages?.[0];
    return {
      ...(sent?.id ? { metaMessageId: sent.id } : {}),
      ...(sent?.message_status ? { messageStatus: sent.message_status } : {}),
    };
  }

  markRead(receipt: ReadReceipt, options: SendOptions = {}): Promise<{ success: boolean }> {
    return this.post({ messaging_product: 'whatsapp', ...receipt }, options);
  }

  private post<T>(body: unknown, { timeoutMs }: SendOptions, path = 'messages'): Promise<T> {
    const { metaPhoneNumberId, token } = this.number;
    return this.graph.call<T>({
      method: 'POST',
      path: `/${metaPhoneNumberId}/${path}`,
      body,
      ...(token === undefined ? {} : { token }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }
}
