import { callbackDataOf, type MessageRow, messageIdOf } from '#libs/outbox';

type Body = Record<string, unknown> & {
  context?: { message_id?: unknown };
  reaction?: { message_id?: unknown };
};

/** The ids of ours that a body refers to: a reply to, or a reaction on, a message that we sent. */
export function refersTo(payload: string): string[] {
  // Nearly no message does, and reading JSON costs more than the rest of a dispatch.
  if (!payload.includes('wamid.PLMA')) return [];
  const { context, reaction } = JSON.parse(payload) as Body;
  return [context?.message_id, reaction?.message_id].flatMap((ref) =>
    typeof ref === 'string' ? (messageIdOf(ref) ?? []) : [],
  );
}

/**
 * The body for Meta: the stored one with our callback data, and with Meta's ids for ours.
 *
 * @param metaIds Meta's ids of the messages that `refersTo` names
 * @returns undefined when the message is a reaction on one that Meta has no id for, so it cannot be said
 */
export function graphBody(message: MessageRow, metaIds: ReadonlyMap<string, string>): string | undefined {
  const callback = `"biz_opaque_callback_data":${JSON.stringify(callbackDataOf(message.messageId))}`;
  if (refersTo(message.payload).length === 0) return `${message.payload.replace(/\}\s*$/, '')},${callback}}`;
  const body = JSON.parse(message.payload) as Body;
  const metaIdOf = (ref: unknown) => {
    const ours = typeof ref === 'string' ? messageIdOf(ref) : undefined;
    return ours === undefined ? ref : metaIds.get(ours);
  };
  if (body.reaction) {
    const target = metaIdOf(body.reaction.message_id);
    if (target === undefined) return undefined;
    body.reaction = { ...body.reaction, message_id: target };
  }
  if (body.context) {
    const quoted = metaIdOf(body.context.message_id);
    // Meta shows a reply without its quote when the quoted message is gone; so do we when it never got there.
    if (quoted === undefined) delete body.context;
    else body.context = { ...body.context, message_id: quoted };
  }
  return `${JSON.stringify(body).slice(0, -1)},${callback}}`;
}
