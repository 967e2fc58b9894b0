/** What people write between the digits of a number; the same to JavaScript and to PostgreSQL. */
const BETWEEN_DIGITS = '[\\s().+-]';

/** A text that people wrote, with the digits of each number beside each other. */
export const undivided = (text: string): string => text.replaceAll(new RegExp(BETWEEN_DIGITS, 'g'), '');

/** The same of an expression of SQL. Ids of Meta hold such signs: look for needles in the text itself as well. */
export const undividedInSql = (text: string): string => `regexp_replace(${text}, '${BETWEEN_DIGITS}', '', 'g')`;

/** Shorter texts would be found by accident in what has nothing to do with the customer. */
const SHORTEST = 7;

/**
 * How Meta writes a customer's number into the ids of their messages: base64 of the digits and a byte 0x15, begun at a
 * multiple of three bytes (seen in the ids of Meta's own samples of webhooks, stored 2026-05; not documented).
 *
 * @returns the characters that such an id contains, whatever follows the number
 */
export function inMessageIds(identifier: string): string {
  const bytes = Buffer.from(`${identifier}\u0015`);
  return bytes.toString('base64').slice(0, Math.floor((bytes.length * 8) / 6));
}

/**
 * Patterns of LIKE by which every mention of a customer is found in any text.
 *
 * @param identifiers digits of numbers in all their forms, and business-scoped user ids
 */
export function needlesOf(identifiers: readonly string[]): string[] {
  return identifiers
    .filter((identifier) => identifier.length >= SHORTEST)
    .flatMap((identifier) => [identifier, inMessageIds(identifier)])
    .map((text) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`);
}
