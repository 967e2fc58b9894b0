import { spanOf } from '#libs/ids';
import { judgeStatus, type MessageStatus, provesDelivery } from '#libs/message-status';
import { kept, type Tx } from '#libs/persistence';
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.js';

/** A status webhook of Meta's about one message. */
export interface ReportedStatus {
  messageId: string;
  status: 'sent' | 'delivered' | 'read' | 'played' | 'failed';
  /** Meta's own time of it. */
  at: Date;
  metaMessageId?: string;
  /** Meta's `errors[]`, for `failed`. */
  errors?: unknown[];
  /** The status as it came, for the history. */
  raw?: unknown;
}

/** One thing that Meta told of a message. */
export interface ToldStatus {
  kind: string;
  at: Date;
  /** The status as it came. */
  detail: unknown;
}

export interface AppliedStatus {
  /** `apply`: the message moved. `record`: true but older news. `repeat`: told before, nothing was stored. */
  verdict: 'apply' | 'record' | 'repeat';
  /** The message as it is after all statuses of the batch. */
  message: MessageRow;
  /** Everything that Meta told of the message, this batch included, in the order in which it was stored. */
  told: readonly ToldStatus[];
  /** How many of these were told before this batch. */
  toldBefore: number;
}

/** A message while statuses are applied to it. */
interface Held {
  message: MessageRow;
  /** Kinds that are in the history already. */
  kinds: Set<string>;
  told: ToldStatus[];
  toldBefore: number;
  changed: boolean;
}

/**
 * Applies statuses in the given order, of any number of messages, with four statements in all: the messages are locked
 * (in the order of their ids, so that two batches never wait for each other), judged here, and written once each.
 *
 * @returns for each report what became of it; undefined where this tenant has no such message
 */
export async function applyStatuses(
  tx: Tx,
  tenantId: string,
  reports: readonly ReportedStatus[],
): Promise<(AppliedStatus | undefined)[]> {
  const held = await hold(tx, tenantId, [...new Set(reports.map((r) => r.messageId))].sort());
  const steps: { report: ReportedStatus; verdict: AppliedStatus['verdict'] }[] = [];
  const applied = reports.map((report): AppliedStatus | undefined => {
    const one = held.get(report.messageId);
    if (!one) return undefined;
    const { message, told, toldBefore } = one;
    if (one.kinds.has(report.status)) return { verdict: 'repeat', message, told, toldBefore };
    const verdict = judge(one, report);
    one.kinds.add(report.status);
    told.push({ kind: report.status, at: report.at, detail: detailOf(report) });
    steps.push({ report, verdict });
    return { verdict, message, told, toldBefore };
  });
  await storeSteps(tx, tenantId, steps);
  await storeMessages(
    tx,
    tenantId,
    [...held.values()].filter((h) => h.changed).map((h) => h.message),
  );
  return applied;
}

const HOLD = kept(`
  SELECT ${MESSAGE_COLUMNS} FROM messages m
   WHERE m.tenant_id = $1 AND m.message_id = ANY ($2::uuid[]) AND m.message_id BETWEEN $3 AND $4
   ORDER BY m.message_id FOR UPDATE`);
const TOLD = kept(`
  SELECT message_id AS "messageId", kind, at, detail, source FROM message_events
   WHERE tenant_id = $1 AND message_id = ANY ($2::uuid[]) AND message_id BETWEEN $3 AND $4 AND occurrence = 0
   ORDER BY at`);

async function hold(tx: Tx, tenantId: string, messageIds: readonly string[]): Promise<Map<string, Held>> {
  if (messageIds.length === 0) return new Map();
  const messages: MessageRow[] = await tx.query(HOLD, [tenantId, messageIds, ...spanOf(messageIds)]);
  const history: (ToldStatus & { messageId: string; source: string })[] = await tx.query(TOLD, [
    tenantId,
    messageIds,
    ...spanOf(messageIds),
  ]);
  const held = new Map<string, Held>(
    messages.map((message) => [
      message.messageId,
      { message, kinds: new Set(), told: [], toldBefore: 0, changed: false },
    ]),
  );
  for (const { messageId, source, ...step } of history) {
    const one = held.get(messageId);
    one?.kinds.add(step.kind);
    if (source === 'meta') one?.told.push(step);
  }
  for (const one of held.values()) one.toldBefore = one.told.length;
  return held;
}

/** Moves the message as far as the report may move it. */
function judge(one: Held, report: ReportedStatus): AppliedStatus['verdict'] {
  const { message } = one;
  // After a resend, only a delivery may speak for an earlier attempt: its failure must not end the later one.
  const speaksOfNow =
    !report.metaMessageId ||
    !message.metaMessageId ||
    report.metaMessageId === message.metaMessageId ||
    provesDelivery(report.status);
  const verdict = speaksOfNow ? judgeStatus(message.status, report.status) : 'record';
  if (verdict === 'apply') {
    message.status = report.status;
    message.statusAt = report.at;
    if (report.status === 'failed') message.metaError = report.errors?.[0] ?? null;
    one.changed = true;
  }
  if (!message.metaMessageId && report.metaMessageId !== undefined) {
    message.metaMessageId = report.metaMessageId;
    one.changed = true;
  }
  return verdict;
}

const detailOf = ({ raw, errors }: ReportedStatus): unknown => raw ?? (errors === undefined ? null : { errors });

async function storeSteps(
  tx: Tx,
  tenantId: string,
  steps: readonly { report: ReportedStatus; verdict: AppliedStatus['verdict'] }[],
): Promise<void> {
  if (steps.length === 0) return;
  await tx.query(
    kept(`
      INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, verdict, detail)
      SELECT $1, s.message_id, s.kind, 0, s.at, 'meta', s.verdict, s.detail
        FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::jsonb[])
          AS s(message_id, kind, at, verdict, detail)`),
    [
      tenantId,
      steps.map((s) => s.report.messageId),
      steps.map((s) => s.report.status),
      steps.map((s) => s.report.at),
      steps.map((s) => s.verdict),
      steps.map(({ report }) => jsonOrNull(detailOf(report))),
    ],
  );
}

async function storeMessages(tx: Tx, tenantId: string, messages: readonly MessageRow[]): Promise<void> {
  if (messages.length === 0) return;
  const column = <T>(pick: (m: MessageRow) => T): T[] => messages.map(pick);
  const messageIds = column((m) => m.messageId);
  await tx.query(
    kept(`
      UPDATE messages m
         SET status = n.status, status_at = n.status_at, meta_message_id = n.meta_message_id, meta_error = n.meta_error
        FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::jsonb[])
          AS n(message_id, status, status_at, meta_message_id, meta_error)
       WHERE m.tenant_id = $1 AND m.message_id = n.message_id
         AND m.message_id = ANY ($2::uuid[]) AND m.message_id BETWEEN $7 AND $8`),
    [
      tenantId,
      messageIds,
      column<MessageStatus>((m) => m.status),
      column((m) => m.statusAt),
      column((m) => m.metaMessageId),
      column((m) => jsonOrNull(m.metaError)),
      ...spanOf(messageIds),
    ],
  );
}

const jsonOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);
