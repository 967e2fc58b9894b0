import { Injectable } from '@nestjs/common';
import { derivedId } from '#libs/ids';
import { Inbound, type InboundMessage } from '#libs/inbound';
import { InboundMedia } from '#libs/media-store';
import { newMessageRef, Outbox } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { receivedMedia } from '../media/received-media.js';
import { ApplyStatuses } from './apply-statuses.js';
import type { NumberContext } from './event-context.js';
import { serialiseExact } from './exact-json.js';
import { type Fields, fieldsOf, instantOf, isFields, listOf, nameOf, textOf } from './fields.js';
import { envelopeOfPart } from './tenant-body.js';

/** One element of `messages[]`, and what of it is stored; a message without sender or id is only passed on. */
interface Received {
  context: NumberContext;
  fields: Fields;
  at: Date;
  metaMessageId: string | undefined;
  customer: string | undefined;
  stored: InboundMessage | undefined;
}

/** Where a message names another message. */
const MENTIONS = [
  ['context', 'id'],
  ['reaction', 'message_id'],
] as const;

/** Field `messages` of numbers of the tenant: statuses of what it sent, messages of its customers, errors. */
@Injectable()
export class ApplyMessages {
  constructor(
    private readonly statuses: ApplyStatuses,
    private readonly outbox: Outbox,
    private readonly inbound: Inbound,
    private readonly media: InboundMedia,
  ) {}

  /** Applies events in their order, with as many statements for all of them as for one. */
  async apply(tx: Tx, tenantId: string, contexts: readonly NumberContext[]): Promise<void> {
    // Statuses first: a customer may answer to a message whose id of Meta's comes with one of them.
    await this.statuses.apply(tx, tenantId, contexts);
    await this.messages(
      tx,
      tenantId,
      contexts.flatMap((context) => receivedIn(context)),
    );
    for (const context of contexts) tellErrors(context);
  }

  private async messages(tx: Tx, tenantId: string, received: readonly Received[]): Promise<void> {
    const storable = received.filter((r): r is Received & { stored: InboundMessage } => r.stored !== undefined);
    const verdicts = await this.inbound.recordAll(
      tx,
      tenantId,
      storable.map((r) => r.stored),
    );
    for (const [i, { context, fields, at }] of storable.entries()) {
      context.effects.inbound = true;
      const file = verdicts[i] === 'new' ? receivedMedia(fields) : undefined;
      if (!file) continue;
      await this.media.note(tx, tenantId, { ...file, phoneNumberId: context.phoneNumberId, at });
      context.effects.mediaOf.add(context.phoneNumberId);
    }
    await this.inbound.renamed(
      tx,
      tenantId,
      received.flatMap((r) => renamesIn(r)),
    );
    const mentioned = new Set(received.flatMap((r) => mentionsIn(r.fields)));
    const ours = await this.outbox.idsByMetaId(tx, tenantId, [...mentioned]);
    for (const { context, fields, at, metaMessageId, customer } of received) {
      const { wabaId, phoneNumberId } = context;
      context.effects.told.push({
        wabaId,
        phoneNumberId,
        eventId: derivedId(at, 'message', phoneNumberId, metaMessageId ?? serialiseExact(fields)),
        kind: 'message',
        customer,
        body: envelopeOfPart(context.change, 'messages', [withOurIds(fields, ours)]),
      });
    }
  }
}

function receivedIn(context: NumberContext): Received[] {
  const { messages, contacts } = fieldsOf(context.change.value);
  return listOf(messages).map((fields) => {
    const at = instantOf(fields.timestamp) ?? context.at;
    const metaMessageId = nameOf(fields.id);
    const customer = nameOf(fields.from) ?? nameOf(fields.from_user_id);
    const known = metaMessageId && customer ? { metaMessageId, customer, at } : undefined;
    const stored = known && storedOf(context.phoneNumberId, fields, listOf(contacts), known);
    return { context, fields, at, metaMessageId, customer, stored };
  });
}

function storedOf(
  phoneNumberId: string,
  message: Fields,
  contacts: readonly Fields[],
  { metaMessageId, customer, at }: { metaMessageId: string; customer: string; at: Date },
): InboundMessage {
  const contact =
    contacts.find((c) => c.wa_id === customer || c.user_id === customer) ??
    (contacts.length === 1 ? contacts[0] : undefined);
  return {
    phoneNumberId,
    metaMessageId,
    customer: nameOf(contact?.wa_id) ?? customer,
    // wa_id may differ from the number (webhook reference, 2025-10-22); tenants answer to either.
    number: nameOf(message.from),
    customerName: textOf(fieldsOf(contact?.profile).name),
    userId: nameOf(message.from_user_id) ?? nameOf(contact?.user_id),
    groupId: nameOf(message.group_id),
    type: textOf(message.type) ?? 'unknown',
    payload: serialiseExact(message),
    at,
  };
}

/**
 * Who a customer was and is now, by a `system` message: a changed number has a new wa_id, and with it a new business-scoped
 * user id (system messages webhook, 2025-10; business-scoped user ids, 2026-02-18). Meta does not say that the service window
 * goes along; where it does not, Meta refuses the message, and where it did and we refused, nobody could answer.
 */
function renamesIn({ context, fields }: Received): { phoneNumberId: string; from: string; to: string }[] {
  if (fields.type !== 'system') return [];
  const system = fieldsOf(fields.system);
  const names = (...values: unknown[]): string[] => values.flatMap((value) => nameOf(value) ?? []);
  return names(fields.from, fields.from_user_id).flatMap((from) =>
    names(system.wa_id, system.user_id).map((to) => ({ phoneNumberId: context.phoneNumberId, from, to })),
  );
}

const mentionsIn = (message: Fields): string[] =>
  MENTIONS.flatMap(([part, key]) => nameOf(fieldsOf(message[part])[key]) ?? []);

/** Where a customer answers or reacts to a message of the tenant, the tenant knows that message by our id. */
function withOurIds(message: Fields, ours: ReadonlyMap<string, string>): Fields {
  const told = { ...message };
  for (const [part, key] of MENTIONS) {
    const at = message[part];
    const metaId = isFields(at) ? nameOf(at[key]) : undefined;
    const messageId = metaId && ours.get(metaId);
    if (messageId) told[part] = { ...fieldsOf(at), [key]: newMessageRef(messageId) };
  }
  return told;
}

function tellErrors({ change, at, wabaId, phoneNumberId, effects }: NumberContext): void {
  const errors = listOf(fieldsOf(change.value).errors);
  if (errors.length === 0) return;
  effects.told.push({
    wabaId,
    phoneNumberId,
    eventId: derivedId(at, 'errors', phoneNumberId, serialiseExact(errors)),
    kind: 'messages',
    body: envelopeOfPart(change, 'errors', errors),
  });
}
