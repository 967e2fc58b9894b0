import type { ServiceApp, ServiceCalls } from '#libs/service-calls';
import { type Origin, originOf } from './origin.js';

/** A message that another app of ours sends. */
export interface OutgoingMessage {
  /**
   * A UUIDv7 that becomes the message's id (`newId` of `ids`, made shortly before). Keep it before you send: as long as no
   * answer came, the same message with the same id is sent again, and goes out once.
   */
  id: string;
  /** The Cloud API's body: `to`, `type` and what belongs to it, `send_at` if it is for later. */
  body: Readonly<Record<string, unknown>>;
  origin: Origin;
}

/** Why the gateway does not take a message; nothing of it is stored. */
export interface SendRefusal {
  /** Our stable name, such as `tier_exhausted`, `template_paused`, `recipient_opted_out`, `balance_exhausted`. */
  reason: string;
  /** Meta's code. */
  code: number;
  title: string;
  details?: string;
  advice: string;
  /** Whether sending again can help; see `ErrorResponse` of the gateway. */
  retry: 'never' | 'backoff' | 'later' | 'settle';
  /** Seconds after which it may; absent where waiting does not help. */
  retry_after?: number;
}

export type BatchOutcome = { id: string } & ({ ref: string; recipient: string } | { refusal: SendRefusal });

interface BatchAnswer {
  data: (
    | { id: string; status: 'accepted'; ref: string; recipient: string }
    | { id: string; status: 'refused'; error: SendRefusal }
  )[];
}

/** Messages of the largest batch that the gateway takes. */
const BATCH_SIZE = 500;

/** Sends through the gateway's door, the only one at which window, consent, template, limit and wallet are looked at. */
export class GatewayClient {
  constructor(
    private readonly calls: Pick<ServiceCalls, 'call'>,
    private readonly app: ServiceApp,
  ) {}

  /**
   * Hands messages of one number to the gateway, 500 in a call, one call after the other.
   *
   * @param metaPhoneNumberId Meta's id of the sending number
   * @returns an outcome for each, in order; what is accepted is committed and will be sent or be seen not to be
   * @throws ServiceRefused when the number cannot send at all (nothing more is stored); ServiceUnreachable when it is not known what was
   *   stored: send the same again
   */
  async send(
    tenantId: string,
    metaPhoneNumberId: string,
    messages: readonly OutgoingMessage[],
  ): Promise<BatchOutcome[]> {
    const outcomes: BatchOutcome[] = [];
    for (let from = 0; from < messages.length; from += BATCH_SIZE) {
      const body = {
        phone_number_id: metaPhoneNumberId,
        messages: messages
          .slice(from, from + BATCH_SIZE)
          .map((m) => ({ ...m.body, id: m.id, biz_opaque_callback_data: originOf(m.origin) })),
      };
      const call = { app: this.app, tenantId };
      const answer = (await this.calls.call('gateway', call, 'POST', '/api/v1/messages/batches', body)) as BatchAnswer;
      for (const one of answer.data) {
        outcomes.push(
          one.status === 'accepted'
            ? { id: one.id, ref: one.ref, recipient: one.recipient }
            : { id: one.id, refusal: one.error },
        );
      }
    }
    return outcomes;
  }
}
