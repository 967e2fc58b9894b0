import type { QuickReply } from './quick-replies.js';

/**
 * The Cloud API's message of a quick reply, with what is known of the contact filled in.
 *
 * @param contact name and attributes; what is not known is left out
 * @returns without `to`
 */
export function quickReplyMessage(
  { text, media }: Pick<QuickReply, 'text' | 'media'>,
  contact: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const filled = text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, key: string) =>
    Object.hasOwn(contact, key) ? String(contact[key] ?? '') : '',
  );
  if (!media) return { type: 'text', text: { body: filled } };
  const file = media.id ? { id: media.id } : { link: media.link };
  return { type: media.type, [media.type]: { ...file, caption: filled } };
}
