import { Injectable } from '@nestjs/common';
import { derivedId, timeOfId } from '#libs/ids';
import { Inbound } from '#libs/inbound';
import { InboundMedia } from '#libs/media-store';
import { provesDelivery, readStatus } from '#libs/message-status';
import { type MessageRow, messageIdOfCallbackData, newMessageRef, Outbox } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';
import { UsageFacts } from '#libs/usage';
import { receivedMedia } from '../media/received-media.js';
import type { Effects } from './effects.js';
import type { EventContext } from './event-context.js';
import { serialiseExact } from './exact-json.js';
import { type Fields, fieldsOf, instantOf, isFields, listOf, textOf } from './fields.js';
import { envelopeOfPart } from './tenant-body.js';

/** Field `messages` of a number of the tenant: statuses of what it sent, messages of its customers, errors. */
@Injectable()
export class ApplyMessages {
  constructor(
    private readonly outbox: Outbox,
    private readonly inbound: Inbound,
    private readonly media: InboundMedia,
    private readonly usage: UsageFacts,
    private readonly events: TenantEvents,
  ) {}

  async apply(tx: Tx, context: EventContext & { phoneNumberId: string; wabaId: string }, effects: Effects) {
    const value = fieldsOf(context.change.value);
    for (const status of listOf(value.statuses)) await this.status(tx, context, status, effects);
    for (const message of listOf(value.messages)) await this.message(tx, context, message, effects);
    const errors = listOf(value.errors);
    if (errors.length > 0) {
      effects.tell(
        await this.events.publish(tx, context.tenantId, {
          ...about(context),
          eventId: derivedId(context.at, 'errors', context.phoneNumberId, serialiseExact(errors)),
          kind: 'messages',
          body: envelopeOfPart(context.change, 'errors', errors),
        }),
      );
    }
  }

  private async status(
    tx: Tx,
    context: EventContext & { phoneNumberId: string; wabaId: string },
    status: Fields,
    effects: Effects,
  ): Promise<void> {
    const { tenantId } = context;
    const metaId = textOf(status.id);
    const ourId = messageIdOfCallbackData(textOf(status.biz_opaque_callback_data));
    const held = ourId
      ? await this.outbox.find(tx, tenantId, ourId)
      : metaId && (await this.outbox.findByMetaId(tx, tenantId, metaId));
    if (!held && (ourId || !context.patienceIsOver)) {
      // It may have overtaken the commit of the answer to our call, which holds Meta's id.
      effects.waitsFor = ourId ? `message ${ourId}` : `a message with Meta's id ${metaId}`;
      return;
    }
    const at = instantOf(status.timestamp) ?? context.at;
    let message = held || undefined;
    const word = readStatus(String(status.status));
    if (message && word) {
      const applied = await this.outbox.applyStatus(tx, tenantId, {
        messageId: message.messageId,
        status: word as 'sent',
        at,
        ...(metaId ? { metaMessageId: metaId } : {}),
        ...(Array.isArray(status.errors) ? { errors: status.errors } : {}),
        raw: status,
      });
      message = applied?.message ?? message;
      if (applied && applied.verdict !== 'repeat') await this.bill(tx, context, message, word, at, status, effects);
    }
    if (!message) effects.note = 'passed on: no message of ours has this id';
    const { biz_opaque_callback_data: theirs, ...told } = status;
    const data = message ? message.clientData : theirs;
    effects.tell(
      await this.events.publish(tx, tenantId, {
        ...about(context),
        eventId: derivedId(
          at,
          'status',
          message?.messageId ?? metaId ?? '',
          String(status.status),
          textOf(status.recipient_participant_id) ?? '',
        ),
        kind: 'status',
        customer: message?.recipient ?? textOf(status.recipient_id),
        body: envelopeOfPart(context.change, 'statuses', [
          {
            ...told,
            ...(message ? { id: newMessageRef(message.messageId) } : {}),
            ...(data === null || data === undefined ? {} : { biz_opaque_callback_data: data }),
          },
        ]),
      }),
    );
  }

  /** Statuses come in any order: each adds to the fact what it knows, so the order does not matter. */
  private async bill(
    tx: Tx,
    context: EventContext & { wabaId: string },
    message: MessageRow,
    word: NonNullable<ReturnType<typeof readStatus>>,
    at: Date,
    status: Fields,
    effects: Effects,
  ): Promise<void> {
    const { tenantId } = context;
    const { messageId } = message;
    const pricing = isFields(status.pricing) ? status.pricing : null;
    if (word === 'sent') {
      if (await this.usage.learn(tx, tenantId, messageId, { sentAt: at, pricing })) effects.rate = true;
      return;
    }
    if (!provesDelivery(word)) return;
    const history = await this.outbox.eventsOf(tx, tenantId, messageId);
    const sent = history.find((step) => step.source === 'meta' && step.kind === 'sent');
    const pricingOfSent = fieldsOf(sent?.detail).pricing;
    await this.usage.record(tx, {
      tenantId,
      messageId,
      phoneNumberId: message.phoneNumberId,
      wabaId: context.wabaId,
      recipient: message.recipient,
      type: message.type,
      category: message.category,
      templateId: message.templateId,
      inWindow: message.inWindow,
      pricing: pricing ?? (isFields(pricingOfSent) ? pricingOfSent : null),
      sentAt: sent?.at ?? timeOfId(messageId),
      deliveredAt: at,
    });
    effects.rate = true;
  }

  private async message(
    tx: Tx,
    context: EventContext & { phoneNumberId: string; wabaId: string },
    message: Fields,
    effects: Effects,
  ): Promise<void> {
    const { tenantId, phoneNumberId } = context;
    const at = instantOf(message.timestamp) ?? context.at;
    const metaMessageId = textOf(message.id);
    const customer = textOf(message.from) ?? textOf(message.from_user_id);
    if (metaMessageId && customer) {
      const contacts = listOf(fieldsOf(context.change.value).contacts);
      const contact =
        contacts.find((c) => c.wa_id === customer || c.user_id === customer) ??
        (contacts.length === 1 ? contacts[0] : undefined);
      const recorded = await this.inbound.record(tx, tenantId, {
        phoneNumberId,
        metaMessageId,
        customer: textOf(contact?.wa_id) ?? customer,
        // wa_id may differ from the number (webhook reference, 2025-10-22); tenants answer to either.
        number: textOf(message.from),
        customerName: textOf(fieldsOf(contact?.profile).name),
        userId: textOf(message.from_user_id) ?? textOf(contact?.user_id),
        groupId: textOf(message.group_id),
        type: textOf(message.type) ?? 'unknown',
        payload: serialiseExact(message),
        at,
      });
      effects.inbound = true;
      const file = recorded === 'new' ? receivedMedia(message) : undefined;
      if (file) {
        await this.media.note(tx, tenantId, { ...file, phoneNumberId, at });
        effects.mediaOf.add(phoneNumberId);
      }
    }
    effects.tell(
      await this.events.publish(tx, tenantId, {
        ...about(context),
        eventId: derivedId(at, 'message', phoneNumberId, metaMessageId ?? serialiseExact(message)),
        kind: 'message',
        customer,
        body: envelopeOfPart(context.change, 'messages', [await this.withOurIds(tx, tenantId, message)]),
      }),
    );
  }

  /** Where a customer answers or reacts to a message of the tenant, the tenant knows that message by our id. */
  private async withOurIds(tx: Tx, tenantId: string, message: Fields): Promise<Fields> {
    const told = { ...message };
    for (const [part, key] of [
      ['context', 'id'],
      ['reaction', 'message_id'],
    ] as const) {
      const at = message[part];
      const metaId = isFields(at) ? textOf(at[key]) : undefined;
      const ours = metaId && (await this.outbox.findByMetaId(tx, tenantId, metaId));
      if (ours) told[part] = { ...fieldsOf(at), [key]: newMessageRef(ours.messageId) };
    }
    return told;
  }
}

const about = ({ wabaId, phoneNumberId }: { wabaId: string; phoneNumberId: string }) => ({ wabaId, phoneNumberId });
