/** What the carrier says of a message it took. */
export interface Submitted {
  /** Meta's id; absent where a success named none, so that the message cannot be followed. */
  metaMessageId?: string;
  /** `accepted`, `held_for_quality_assessment` or `paused`; only the Cloud API says it, and only of templates. */
  messageStatus?: string;
}

export interface SendOptions {
  timeoutMs?: number;
}

/** A read receipt, with or without the typing indicator, as the Cloud API takes it. */
export interface ReadReceipt {
  status: 'read';
  message_id: string;
  typing_indicator?: { type: string };
}

/**
 * A way to carry the messages of one number. Whatever carries them, bodies and errors are those of the Cloud API, so that
 * nothing before this point needs to know which way a number's messages take.
 */
export interface MessageTransport {
  /**
   * @param body JSON text of a Cloud API message, with `messaging_product`
   * @throws TransportRefusal when it was refused, TransportUnreachable when there was no answer to trust
   */
  send(body: string, options?: SendOptions): Promise<Submitted>;

  /** Marks a customer's message as read. @throws as `send` */
  markRead(receipt: ReadReceipt, options?: SendOptions): Promise<{ success: boolean }>;
}
