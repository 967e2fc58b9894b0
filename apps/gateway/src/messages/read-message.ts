import { summarise } from '#libs/template-state';
import { refuse } from '../graph-envelope/refuse.js';
import { checkContent } from './check-content.js';
import { FOR_GROUPS } from './for-groups.js';
import { type Fields, isFields, Problems } from './problems.js';
import { looksLikeNumber } from './recipient.js';
import { readSendAt } from './send-at.js';

/** Longest `biz_opaque_callback_data` (Meta states 512 for calls; taken for messages too). */
const CLIENT_DATA = 512;
/** No id of Meta's is as long; a column of ours would take it. */
const ID = 512;
const PRODUCT_POLICIES = ['CLOUD_API_FALLBACK', 'STRICT'] as const;

/** Meta's two ways for a message: of `/marketing_messages` (Marketing Messages API, general since 2025-11-19) only marketing templates go. */
export type SendPath = 'messages' | 'marketing_messages';

/** A request to a sending path, read and found in order; every field is still in `body`. */
export type MessageRequest =
  | {
      kind: 'message';
      body: Fields;
      type: string;
      path: SendPath;
      /** As the caller wrote it. */
      to: { number: string } | { group: string } | { userId: string };
      clientData?: string;
      /** `send_at`, ours: not to be sent before. Whether it is near enough is for the sender to say. */
      sendAt?: Date;
      template?: { name: string; language: string; components: unknown };
    }
  /** Mark as read, with or without the typing indicator. */
  | { kind: 'read'; body: Fields; messageId: string };

/**
 * Reads the body of a send. Missing `recipient_type` and `type` are tolerated, and so is every field we do not know.
 *
 * @throws Refusal with all problems in its details, each with its place and how to mend it
 */
export function readMessage(given: unknown, path: SendPath = 'messages'): MessageRequest {
  if (!isFields(given)) throw refuse('invalid_parameter', 'The body must be a JSON object that describes a message.');
  if (given.messaging_product !== 'whatsapp') {
    throw refuse('invalid_parameter', 'messaging_product: must be "whatsapp".');
  }
  const problems = new Problems();
  const { status } = given;
  const request =
    status === undefined || status === null ? readOutbound(given, path, problems) : readReceipt(given, problems);
  const refusal = summarise(problems.list);
  if (refusal) throw refuse(refusal.refusal, refusal.details);
  return request;
}

/**
 * Reads the body of a marketing message.
 *
 * @throws Refusal as `readMessage`, and where it is no template
 */
export function readMarketingMessage(given: unknown): MessageRequest & { kind: 'message' } {
  const type = isFields(given) ? given.type : undefined;
  const request = readMessage(given, 'marketing_messages');
  if (request.kind === 'message' && type === 'template') return request;
  throw refuse('marketing_templates_only', 'type: must be template; all else goes to /messages.');
}

function readReceipt(body: Fields, problems: Problems): MessageRequest {
  if (body.status !== 'read') problems.unfit('status', "must be read; other statuses are Meta's to tell");
  problems.text(body.message_id, 'message_id', ID);
  const typing = body.typing_indicator;
  if (typing !== undefined && typing !== null && !(isFields(typing) && typing.type === 'text')) {
    problems.unfit('typing_indicator.type', 'must be text');
  }
  return { kind: 'read', body, messageId: String(body.message_id) };
}

function readOutbound(body: Fields, path: SendPath, problems: Problems): MessageRequest {
  const type = body.type === undefined || body.type === null ? 'text' : body.type;
  if (typeof type !== 'string' || !/^[a-z_]{1,40}$/.test(type)) {
    throw refuse('invalid_parameter', 'type: must be the name of a message type, such as text or template.');
  }
  const to = readTo(body, problems);
  if ('group' in to && !FOR_GROUPS.has(type)) {
    problems.invalid('type', `${type} cannot be sent to a group; send ${[...FOR_GROUPS].join(', ')}`);
  }
  const data = body.biz_opaque_callback_data;
  problems.text(data, 'biz_opaque_callback_data', CLIENT_DATA, 'optional');
  if (body.context !== undefined && body.context !== null) {
    const context = problems.object(body.context, 'context');
    if (context) problems.text(context.message_id, 'context.message_id', ID, 'optional');
  }
  checkContent(type, body[type], problems);
  checkMarketing(body, path, problems);
  const sendAt = readSendAt(body.send_at, problems);
  return {
    kind: 'message',
    body,
    type,
    path,
    to,
    ...(typeof data === 'string' && data ? { clientData: data } : {}),
    ...(sendAt ? { sendAt } : {}),
    ...(type === 'template' ? { template: templateOf(body.template) } : {}),
  };
}

function readTo(body: Fields, problems: Problems): (MessageRequest & { kind: 'message' })['to'] {
  const { to, recipient, recipient_type: kind } = body;
  if (kind !== undefined && kind !== null && kind !== 'individual' && kind !== 'group') {
    problems.invalid('recipient_type', 'must be individual or group');
  }
  const given = typeof to === 'number' ? String(to) : to;
  if (given !== undefined && given !== null && given !== '') {
    if (typeof given !== 'string') problems.invalid('to', 'must be text');
    else if (kind === 'group') {
      if (/^[!-~]{1,200}$/.test(given)) return { group: given };
      problems.invalid('to', 'must be the id of a group');
    } else if (!looksLikeNumber(given)) {
      problems.invalid('to', 'must be a phone number with its country code, such as +16505551234');
    } else return { number: given };
    return { number: '' };
  }
  if (kind === 'group') {
    problems.missing('to', 'is required: the id of the group; `recipient` names a single customer');
    return { group: '' };
  }
  // `recipient` may stand in for `to` since May 2026; both given, `to` wins.
  if (typeof recipient === 'string' && /^[A-Z]{2}\.[\w.-]{1,200}$/.test(recipient)) return { userId: recipient };
  if (recipient !== undefined) problems.invalid('recipient', 'must be a business-scoped user id, such as US.1349');
  else problems.missing('to', 'is required: the phone number of the customer with its country code');
  return { number: '' };
}

/** What says how a marketing message goes; on the other path Meta would not heed it (Meta's OpenAPI v23.0, 2025-11). */
function checkMarketing(body: Fields, path: SendPath, problems: Problems): void {
  if (path === 'marketing_messages') {
    problems.word(body.product_policy, 'product_policy', PRODUCT_POLICIES, 'optional');
    const sharing = body.message_activity_sharing ?? undefined;
    if (sharing !== undefined && typeof sharing !== 'boolean') {
      problems.invalid('message_activity_sharing', 'must be true or false');
    }
    return;
  }
  for (const field of ['product_policy', 'message_activity_sharing']) {
    if ((body[field] ?? undefined) !== undefined) {
      problems.unfit(field, 'counts on /marketing_messages only. Post there, or leave it out');
    }
  }
}

function templateOf(template: unknown): { name: string; language: string; components: unknown } {
  const { name, language, components } = isFields(template) ? template : ({} as Fields);
  return { name: String(name), language: isFields(language) ? String(language.code) : '', components };
}
