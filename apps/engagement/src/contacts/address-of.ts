import type { Identifier } from '#libs/contacts';

/**
 * Where a customer is written to, as a message of the Cloud API says it: the wa_id that WhatsApp told, else a number, else
 * the business-scoped user id.
 *
 * @returns undefined for who is known by a user name only
 */
export function addressOf(identifiers: readonly Identifier[]): { to: string } | { recipient: string } | undefined {
  const number = identifiers.find((i) => i.kind === 'wa_id') ?? identifiers.find((i) => i.kind === 'phone');
  if (number) return { to: number.value };
  const user = identifiers.find((i) => i.kind === 'user_id');
  return user && { recipient: user.value };
}
