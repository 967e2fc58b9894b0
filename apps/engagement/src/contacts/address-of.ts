import type { Identifier } from '#libs/contacts';

/** To whom a message of the Cloud API goes: a number, or a business-scoped user id where the number is hidden. */
export type Address = { to: string } | { recipient: string };

/**
 * Where a customer is written to, as a message of the Cloud API says it: the wa_id that WhatsApp told, else a number, else
 * the business-scoped user id.
 *
 * @returns undefined for who is known by a user name only
 */
export function addressOf(identifiers: readonly Identifier[]): Address | undefined {
  const number = identifiers.find((i) => i.kind === 'wa_id') ?? identifiers.find((i) => i.kind === 'phone');
  if (number) return { to: number.value };
  const user = identifiers.find((i) => i.kind === 'user_id');
  return user && { recipient: user.value };
}

/** The same of a customer whom messages name by one key: digits, or a business-scoped user id. */
export const addressed = (customer: string): Address =>
  /^\d+$/.test(customer) ? { to: `+${customer}` } : { recipient: customer };

/** A message for one customer; whom its author named in it counts for nothing. */
export function addressedTo(customer: string, message: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { to: _, recipient: __, recipient_type: ___, ...content } = message;
  return { ...content, ...addressed(customer) };
}
