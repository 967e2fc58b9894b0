// Meta's ids go on with a length byte and a phone number ("HBgL..."), so none of them begins like this.
const MARK = 'wamid.PLMA';

/**
 * The id that tenants see: in the form of Meta's, because clients store and compare it as such.
 *
 * @param messageId a message's UUID
 * @returns 32 characters, `wamid.` first
 */
export const newMessageRef = (messageId: string): string =>
  MARK + Buffer.from(messageId.replaceAll('-', ''), 'hex').toString('base64url');

/** The message's UUID; undefined for an id that is not ours (Meta's own, or anything else). */
export function messageIdOf(ref: string): string | undefined {
  if (!ref.startsWith(MARK) || ref.length !== MARK.length + 22) return undefined;
  const hex = Buffer.from(ref.slice(MARK.length), 'base64url').toString('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return newMessageRef(id) === ref ? id : undefined;
}
