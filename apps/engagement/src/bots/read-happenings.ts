import type { Happening } from './simulate.js';

/** A year; nothing in a flow takes longer than a day. */
const LONGEST_WAIT_MINUTES = 527_040;
const LONGEST_TEXT = 4_096;

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= LONGEST_TEXT;
const isFields = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isMinutes = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= LONGEST_WAIT_MINUTES;

type KeyOf<T> = T extends unknown ? keyof T : never;
type Kind = KeyOf<Happening>;

const KINDS: Readonly<Record<Kind, [fits: (value: unknown) => boolean, what: string]>> = {
  text: [isText, `a text of up to ${LONGEST_TEXT} characters`],
  press: [isText, 'the id of a button or row'],
  order: [isFields, 'an object: the cart'],
  wait_minutes: [isMinutes, `a number from 0 to ${LONGEST_WAIT_MINUTES}`],
  called: [(value) => value === null || isFields(value), 'an object, or null for no answer'],
  answered: [(value) => value === null || isText(value), 'a text, or null for no answer'],
  given_back: [(value) => value === true, 'true'],
};
const NAMES = Object.keys(KINDS) as Kind[];

/**
 * Reads what happens in a played conversation, as a merchant gives it.
 *
 * @returns the same, or every problem with its place
 */
export function readHappenings(
  given: readonly Readonly<Record<string, unknown>>[],
): { happenings: Happening[] } | { problems: string[] } {
  const problems: string[] = [];
  for (const [i, event] of given.entries()) {
    const [name, ...more] = Object.keys(event);
    const kind = NAMES.find((known) => known === name);
    if (!kind || more.length > 0) problems.push(`events.${i}: give one of ${NAMES.join(', ')}`);
    else if (!KINDS[kind][0](event[kind])) problems.push(`events.${i}.${kind}: must be ${KINDS[kind][1]}`);
  }
  return problems.length > 0 ? { problems } : { happenings: given as unknown as Happening[] };
}
