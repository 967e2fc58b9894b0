import { Injectable } from '@nestjs/common';
import { derivedId, timeOfId } from '#libs/ids';
import { MediaAtMeta } from '#libs/media-store';
import { provesDelivery, readStatus } from '#libs/message-status';
import {
  type AppliedStatus,
  type MessageRow,
  messageIdOfCallbackData,
  newMessageRef,
  Outbox,
  type ReportedStatus,
  type ToldStatus,
} from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import type { TenantEvent } from '#libs/tenant-events';
import { type UsageFact, UsageFacts } from '#libs/usage';
import { mediaIdsOf } from '../media/media-ids.js';
import { ClientStatuses } from '../on-premises/client-statuses.js';
import type { NumberContext } from './event-context.js';
import { type Fields, fieldsOf, instantOf, isFields, listOf, nameOf, textOf } from './fields.js';
import { envelopeOfPart } from './tenant-body.js';

/** Meta could not fetch, or not use, the file of a message (error page of 2025-12-12). */
const MEDIA_CODES = new Set([131052, 131053]);

/** One element of `statuses[]`. */
interface Status {
  context: NumberContext;
  fields: Fields;
  metaId: string | undefined;
  /** Our id of the message by the callback data that we sent along. */
  ourId: string | undefined;
  at: Date;
  word: ReturnType<typeof readStatus>;
}

/** Statuses of what the tenant sent: the messages move, delivered ones become usage facts. */
@Injectable()
export class ApplyStatuses {
  constructor(
    private readonly outbox: Outbox,
    private readonly usage: UsageFacts,
    private readonly media: MediaAtMeta,
    private readonly ofClients: ClientStatuses,
  ) {}

  /** Applies the statuses of events in their order; adds to each event's effects what the tenant is to be told. */
  async apply(tx: Tx, tenantId: string, contexts: readonly NumberContext[]): Promise<void> {
    const statuses = contexts.flatMap((context) => statusesOf(context));
    if (statuses.length === 0) return;
    const idOf = await this.messageIds(tx, tenantId, statuses);
    const reports = new Map<Status, ReportedStatus>();
    for (const status of statuses) {
      const messageId = idOf(status);
      if (messageId && status.word) reports.set(status, reportOf(status, messageId));
    }
    const applied = await this.outbox.applyStatuses(tx, tenantId, [...reports.values()]);
    const outcomes = new Map([...reports.keys()].map((status, i) => [status, applied[i]]));
    await this.bill(tx, tenantId, outcomes);
    for (const [status, outcome] of outcomes) {
      this.afterDelivery(status, outcome);
      await this.afterFailure(tx, tenantId, status, outcome);
    }
    for (const status of statuses) {
      const messageId = idOf(status);
      // A word of Meta's that we do not know moves nothing; the tenant is told it of its own message all the same.
      const message =
        outcomes.get(status)?.message ??
        (messageId && !status.word ? await this.outbox.find(tx, tenantId, messageId) : undefined);
      tell(status, message);
    }
  }

  /** Finds our ids: by our callback data, or by Meta's id, which another status of the batch may have brought. */
  private async messageIds(
    tx: Tx,
    tenantId: string,
    statuses: readonly Status[],
  ): Promise<(status: Status) => string | undefined> {
    // Events of a batch are of one route, so they are all of the client or all of Meta's.
    if (statuses[0]?.context.ofClient) {
      const byClientId = await this.ofClients.messageIds(tx, tenantId, statuses);
      return ({ metaId }) => (metaId === undefined ? undefined : byClientId.get(metaId));
    }
    const bare = statuses.filter((s) => !s.ourId && s.metaId).map((s) => s.metaId as string);
    const byMetaId = await this.outbox.idsByMetaId(tx, tenantId, [...new Set(bare)]);
    if (bare.length > 0) {
      for (const { metaId, ourId } of statuses) {
        if (metaId && ourId && !byMetaId.has(metaId)) byMetaId.set(metaId, ourId);
      }
    }
    return ({ ourId, metaId }) => ourId ?? (metaId === undefined ? undefined : byMetaId.get(metaId));
  }

  /** The messaging limit counts a customer from the delivery, which may be long after the send. */
  private afterDelivery({ word, at, context }: Status, outcome: AppliedStatus | undefined): void {
    if (word !== 'delivered' || outcome?.message.inWindow !== false || outcome.verdict === 'repeat') return;
    const { phoneNumberId, recipient } = outcome.message;
    context.effects.settled.push({ phoneNumberId, customer: recipient, deliveredAt: at });
  }

  /**
   * A message that failed after Meta had taken it reached nobody: it gives back its place of the messaging limit, and files
   * that Meta could not use are uploaded anew by the next message that names them. It is never sent again by us, whatever
   * the code says: see docs/adr/0003.
   */
  private async afterFailure(
    tx: Tx,
    tenantId: string,
    { word, context }: Status,
    outcome: AppliedStatus | undefined,
  ): Promise<void> {
    if (word !== 'failed' || outcome?.verdict !== 'apply' || outcome.message.status !== 'failed') return;
    const { inWindow, phoneNumberId, recipient, payload, metaError } = outcome.message;
    if (!inWindow) context.effects.settled.push({ phoneNumberId, customer: recipient, deliveredAt: undefined });
    const files = MEDIA_CODES.has(Number(fieldsOf(metaError).code)) ? mediaIdsOf(payload) : [];
    if (files.length > 0) await this.media.forgetFiles(tx, tenantId, phoneNumberId, files);
  }

  /** Statuses come in any order: each adds to the fact what it knows, so the order does not matter. */
  private async bill(tx: Tx, tenantId: string, outcomes: Map<Status, AppliedStatus | undefined>): Promise<void> {
    const facts = new Map<string, UsageFact>();
    const sent = new Map<string, Status>();
    for (const [status, outcome] of outcomes) {
      if (!outcome || outcome.verdict === 'repeat' || !status.word) continue;
      const { messageId } = outcome.message;
      if (status.word === 'sent') sent.set(messageId, status);
      if (!provesDelivery(status.word) || isComplete(status, outcome)) continue;
      facts.set(messageId, factOf(tenantId, status, outcome));
      status.context.effects.rate = true;
    }
    await this.usage.record(tx, ...facts.values());
    const learned = await this.usage.learn(
      tx,
      tenantId,
      ...[...sent].map(([messageId, { context, at, fields }]) => ({
        messageId,
        sentAt: at,
        pricing: context.ofClient ? null : pricingOf(fields),
      })),
    );
    if (learned) for (const { context } of sent.values()) context.effects.rate = true;
  }
}

function statusesOf(context: NumberContext): Status[] {
  return listOf(fieldsOf(context.change.value).statuses).map((fields) => ({
    context,
    fields,
    metaId: nameOf(fields.id),
    ourId: messageIdOfCallbackData(textOf(fields.biz_opaque_callback_data)),
    at: instantOf(fields.timestamp) ?? context.at,
    word: readStatus(String(fields.status)),
  }));
}

const reportOf = ({ fields, word, at, metaId, context }: Status, messageId: string): ReportedStatus => ({
  messageId,
  status: word as ReportedStatus['status'],
  at: context.ofClient ? within(timeOfId(messageId), at, context.cameAt) : at,
  ...(metaId ? { metaMessageId: metaId } : {}),
  ...(Array.isArray(fields.errors) ? { errors: fields.errors } : {}),
  raw: fields,
});

/** A client says when, too, and by the time a message is billed: nothing happens before it was accepted or after we heard of it. */
const within = (accepted: Date, at: Date, heardAt: Date): Date =>
  new Date(Math.max(accepted.getTime(), Math.min(at.getTime(), heardAt.getTime())));

const pricingOf = (status: unknown): Fields | null => {
  const { pricing } = fieldsOf(status);
  return isFields(pricing) ? pricing : null;
};

const isProof = (step: ToldStatus): boolean => provesDelivery(step.kind as MessageRow['status']);

/**
 * Whether the fact that an earlier batch recorded holds all there is to know: most messages are read soon after they were
 * delivered, while the fact of the delivery is being rated, and would wait for that to end.
 */
function isComplete({ context }: Status, { told, toldBefore }: AppliedStatus): boolean {
  const before = told.slice(0, toldBefore);
  const proved = before.filter(isProof).map((step) => step.at.getTime());
  const isPriced = context.ofClient || before.some((step) => pricingOf(step.detail));
  if (proved.length === 0 || !isPriced) return false;
  const earliest = Math.min(...proved);
  return !told.some((step) => isProof(step) && step.at.getTime() < earliest);
}

/** The fact as everything that was told of the message makes it. Its price is Meta's to tell, and not a client's. */
function factOf(tenantId: string, { context }: Status, { message, told }: AppliedStatus): UsageFact {
  const sent = told.find((step) => step.kind === 'sent');
  const proofs = told.filter(isProof);
  const priced = context.ofClient ? undefined : [...proofs, ...(sent ? [sent] : [])].find((s) => pricingOf(s.detail));
  return {
    tenantId,
    messageId: message.messageId,
    phoneNumberId: message.phoneNumberId,
    wabaId: context.wabaId,
    recipient: message.recipient,
    type: message.type,
    category: message.category,
    templateId: message.templateId,
    inWindow: message.inWindow,
    pricing: priced ? pricingOf(priced.detail) : null,
    overClient: context.ofClient,
    sentAt: sent?.at ?? timeOfId(message.messageId),
    deliveredAt: new Date(Math.min(...proofs.map((p) => p.at.getTime()))),
  };
}

/** The tenant is told a status with our id of the message and its own callback data; of a stranger's message as it came. */
function tell({ context, fields, metaId, ourId, at }: Status, message: MessageRow | undefined): void {
  const { effects, change, wabaId, phoneNumberId } = context;
  if (!message && (ourId || (metaId && !context.patienceIsOver))) {
    // It may have overtaken the commit of the answer to our call, which holds Meta's id.
    effects.waitsFor = ourId ? `message ${ourId}` : `a message with Meta's id ${metaId}`;
    return;
  }
  if (!message) effects.note = 'passed on: no message of ours has this id';
  const { biz_opaque_callback_data: theirs, ...told } = fields;
  const data = message ? message.clientData : theirs;
  const event: TenantEvent = {
    wabaId,
    phoneNumberId,
    eventId: derivedId(
      at,
      'status',
      message?.messageId ?? metaId ?? '',
      String(fields.status),
      textOf(fields.recipient_participant_id) ?? '',
    ),
    kind: 'status',
    customer: message?.recipient ?? nameOf(fields.recipient_id) ?? nameOf(fields.recipient_user_id),
    body: envelopeOfPart(change, 'statuses', [
      {
        ...told,
        ...(message ? { id: newMessageRef(message.messageId) } : {}),
        ...(data === null || data === undefined ? {} : { biz_opaque_callback_data: data }),
      },
    ]),
  };
  effects.told.push(event);
}
