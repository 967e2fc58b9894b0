import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { graphError } from '#libs/error-catalogue';
import { productPolicyOf, withoutProductPolicy } from '#libs/meta-cloud';
import {
  type CallResult,
  EXPIRED,
  failedStatus,
  type MessageLane,
  type MessageRow,
  Outbox,
  OutboxLanes,
} from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { fateOfWaiting, whyNotSendable } from '#libs/template-state';
import { Templates } from '#libs/templates';
import { type Channel, clientOf } from '../channels/channels.js';
import { refusedError } from '../channels/refused-number.js';
import { graphBody, refersTo } from './graph-body.js';
import { OptOuts } from './opt-outs.js';
import { Telling } from './telling.js';

const RUN_OUT_AT_ONCE = 500;

/** A message with the body that goes to Meta, or with what is to become of it without a call. */
export type Ready = { message: MessageRow } & ({ body: string } | { instead: CallResult });

/** Claims the next messages of a number, and looks once more at what must be true at the moment of sending. */
@Injectable()
export class ClaimMessages {
  constructor(
    private readonly lanes: OutboxLanes,
    private readonly outbox: Outbox,
    private readonly templates: Templates,
    private readonly optOuts: OptOuts,
    private readonly telling: Telling,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Claims messages; of those that have run out the tenant is told.
   *
   * @param lanesAfter leaves out the lanes after this one
   * @param only       claims no others than these
   */
  next(channel: Channel, room: number, lanesAfter: MessageLane, only?: readonly string[]): Promise<Ready[]> {
    const { tenantId, phoneNumberId } = channel.number;
    return this.telling.inTenant(tenantId, async (tx, tell) => {
      const now = this.clock.now();
      const over = clientOf(channel) ? ('on_premises_client' as const) : undefined;
      const claimed = await this.lanes.claim(tx, tenantId, phoneNumberId, now, room, { only, lanesAfter, over });
      const expired = claimed.filter((m) => m.status === 'expired');
      if (expired.length > 0) {
        await tell(
          expired.map((m) => failedStatus(channel, m, channel.refused ? refusedError(channel.refused) : EXPIRED, now)),
        );
      }
      const toSend = claimed.filter((m) => m.status === 'sending');
      return this.prepare(tx, tenantId, toSend);
    });
  }

  /**
   * Lets messages run out of a number that cannot send, and tells of it.
   *
   * @returns whether there may be more of them
   */
  async letRunOut(channel: Channel): Promise<boolean> {
    const { tenantId, phoneNumberId } = channel.number;
    const ids = await this.telling.inTenant(tenantId, (tx) =>
      this.lanes.runOut(tx, tenantId, phoneNumberId, this.clock.now(), RUN_OUT_AT_ONCE),
    );
    if (ids.length > 0) await this.next(channel, ids.length, 2, ids);
    return ids.length === RUN_OUT_AT_ONCE;
  }

  /** Looks once more at what must be true at the moment of sending, and writes the bodies. */
  private async prepare(tx: Tx, tenantId: string, messages: readonly MessageRow[]): Promise<Ready[]> {
    const templateIds = [...new Set(messages.flatMap((m) => m.templateId ?? []))];
    const standings =
      templateIds.length > 0 ? await this.templates.standings(tx, tenantId, templateIds) : new Map<string, never>();
    const metaIds = new Map<string, string>();
    for (const id of new Set(messages.flatMap((m) => refersTo(m.payload)))) {
      const metaId = (await this.outbox.find(tx, tenantId, id))?.metaMessageId;
      if (metaId) metaIds.set(id, metaId);
    }
    const optedOut = await this.optOuts.since(tx, tenantId, messages, standings);
    return messages.map((message) => {
      const instead = (code: Parameters<typeof graphError>[0], details: string): Ready => ({
        message,
        instead: {
          messageId: message.messageId,
          attempt: message.attempts,
          became: 'failed',
          error: graphError(code, details, message.messageId).error,
        },
      });
      if (message.templateId) {
        const state = standings.get(message.templateId)?.status ?? 'deleted';
        const fate = fateOfWaiting(state);
        if (fate.fate === 'hold') {
          const { messageId, attempts: attempt } = message;
          return { message, instead: { messageId, attempt, became: 'parked', heldFor: fate.why } };
        }
        const why = whyNotSendable(state);
        if (why) return instead(why, 'The template stopped being approved while the message waited to be sent.');
      }
      const stopped = optedOut.get(message.messageId);
      if (stopped) return instead('recipient_opted_out', stopped);
      const body = graphBody(message, metaIds);
      if (body === undefined) {
        return instead(
          'invalid_value',
          'reaction.message_id: this message was never sent, so it cannot be reacted to.',
        );
      }
      const policy = productPolicyOf(body);
      const isMarketing = message.templateId && standings.get(message.templateId)?.category === 'marketing';
      if (!policy || isMarketing) return { message, body };
      // Meta moved the template while the message waited, and its Marketing Messages API takes it no longer.
      return policy === 'STRICT'
        ? instead('template_not_marketing', 'The template stopped being one for marketing while the message waited.')
        : { message, body: withoutProductPolicy(body) };
    });
  }
}
