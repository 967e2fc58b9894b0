import type { MetaChange } from './changes-of.js';
import { serialiseExact } from './exact-json.js';
import { type Fields, fieldsOf, listOf } from './fields.js';

/** A change in Meta's own envelope, as tenants are told it. */
export function envelopeOf(change: MetaChange, value: unknown = change.value): string {
  const { object, id, time, field, value: _, ...rest } = change;
  return serialiseExact({
    object: object ?? 'whatsapp_business_account',
    entry: [{ id, ...(time === undefined ? {} : { time }), changes: [{ value, field, ...rest }] }],
  });
}

/**
 * The change with one of its parts alone: one status, or one message with the contact who wrote it. What stands beside the
 * lists (`metadata` and whatever Meta adds) goes along with each.
 */
export function envelopeOfPart(
  change: MetaChange,
  part: 'statuses' | 'messages' | 'errors',
  content: Fields[],
): string {
  const { statuses: _s, messages: _m, errors: _e, contacts, ...beside } = fieldsOf(change.value);
  const about = part === 'errors' ? [] : contactsOf(contacts, content[0] ?? {});
  return envelopeOf(change, { ...beside, ...(about.length > 0 ? { contacts: about } : {}), [part]: content });
}

/** The contacts that a status or message is about; all of them where it does not say whom. */
function contactsOf(contacts: unknown, { from, from_user_id, recipient_id, recipient_user_id }: Fields): Fields[] {
  const all = listOf(contacts);
  const names: unknown[] = [from, from_user_id, recipient_id, recipient_user_id].filter((name) => name !== undefined);
  const own = all.filter((c) => names.includes(c.wa_id) || names.includes(c.user_id));
  return own.length > 0 ? own : all.length === 1 ? all : [];
}
