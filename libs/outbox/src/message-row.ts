import type { MessageStatus } from '#libs/message-status';

/** Which messages of a number go first: 0 replies and one-time codes, 1 ordinary, 2 broadcasts. */
export type MessageLane = 0 | 1 | 2;

/** A message to be sent, as the gateway accepts it. */
export interface NewMessage {
  tenantId: string;
  phoneNumberId: string;
  /** Digits of the number without `+`, or a business-scoped user id. */
  recipient: string;
  /** Meta's message type, e.g. `text`, `template`. */
  type: string;
  /** Category of the template; absent for free-form messages. */
  category?: string;
  templateId?: string;
  /** The body for Meta as JSON text of an object, without callback data. */
  payload: string;
  /** The tenant's own `biz_opaque_callback_data`. */
  clientData?: string;
  lane: MessageLane;
  /** Whether the customer service window is open: such a message counts against no messaging limit. */
  inWindow: boolean;
  /** Not to be sent before; now if absent. */
  notBefore?: Date;
  /** After this instant it is not sent any more. */
  expiresAt: Date;
  /** What is held for it in the tenant's wallet (`libs/wallet`), a decimal string; absent for a tenant without one. */
  hold?: string;
}

/** A row of `messages`. */
export interface MessageRow {
  tenantId: string;
  /** UUIDv7: it carries the time of acceptance. */
  messageId: string;
  phoneNumberId: string;
  recipient: string;
  type: string;
  category: string | null;
  templateId: string | null;
  /** JSON text. */
  payload: string;
  clientData: string | null;
  lane: MessageLane;
  inWindow: boolean;
  status: MessageStatus;
  statusAt: Date;
  notBefore: Date;
  expiresAt: Date;
  /** How often it was claimed for sending. */
  attempts: number;
  metaMessageId: string | null;
  /** Meta's error as it came; for a message that we gave up, in the same form. */
  metaError: unknown;
}

/** Which messages of a tenant are asked for. */
export interface MessageFilter {
  phoneNumberId?: string;
  recipient?: string;
  status?: MessageStatus;
  /** Meta's message type. */
  type?: string;
  /** Category of the template. */
  category?: string;
  /** The tenant's own `biz_opaque_callback_data`, in full. */
  clientData?: string;
  /** Accepted at this instant or after. */
  from?: Date;
  /** Accepted before. */
  until?: Date;
  /** A message id: only older ones. */
  before?: string;
  limit: number;
}

/** A row of `message_events`: one step of a message's life. */
export interface MessageEventRow {
  kind: string;
  /** Which attempt, for our own steps; 0 for Meta's statuses. */
  occurrence: number;
  at: Date;
  source: 'paloma' | 'meta';
  /** What became of a report: see `judgeStatus`. */
  verdict: string;
  detail: unknown;
}

/** The columns of `messages m` under the names of MessageRow; `payload` stays text, because it is passed on, not read. */
export const MESSAGE_COLUMNS = `m.tenant_id AS "tenantId", m.message_id AS "messageId", m.phone_number_id AS "phoneNumberId",
  m.recipient, m.type, m.category, m.template_id AS "templateId", m.payload::text AS payload,
  m.client_data AS "clientData", m.lane, m.in_window AS "inWindow", m.status, m.status_at AS "statusAt",
  m.not_before AS "notBefore", m.expires_at AS "expiresAt", m.attempts, m.meta_message_id AS "metaMessageId",
  m.meta_error AS "metaError"`;
