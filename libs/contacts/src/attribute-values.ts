export const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'date', 'instant'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** As it is kept: a date is `YYYY-MM-DD`, an instant ISO 8601 in UTC. */
export type AttributeValue = string | number | boolean;

/** What is kept of a contact, by key. */
export type AttributeTypes = ReadonlyMap<string, AttributeType>;

/** Keys are names in programs and in the columns of files. */
export const ATTRIBUTE_KEY = /^[a-z][a-z0-9_]{0,49}$/;
const LONGEST_TEXT = 1_000;

const YES = new Set(['true', 'yes', 'y', '1', 'si', 'sí', 'sim', 'verdadero', 'verdadeiro']);
const NO = new Set(['false', 'no', 'n', '0', 'não', 'nao', 'falso']);
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** What each type takes, in its own form or as text from a file. @returns undefined for what is none */
const READ: Readonly<Record<AttributeType, (given: unknown) => AttributeValue | undefined>> = {
  text: (given) => (typeof given === 'string' && given.length <= LONGEST_TEXT ? given : undefined),
  number: (given) => {
    const n = typeof given === 'string' && /^-?\d{1,15}(\.\d{1,10})?$/.test(given.trim()) ? Number(given) : given;
    return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
  },
  boolean: (given) => {
    if (typeof given === 'boolean') return given;
    const word = typeof given === 'string' ? given.trim().toLowerCase() : '';
    return YES.has(word) ? true : NO.has(word) ? false : undefined;
  },
  date: (given) => {
    const day = typeof given === 'string' ? given.trim() : '';
    const at = DAY.test(day) ? new Date(`${day}T00:00:00Z`) : undefined;
    // The 30th of February would roll over into March.
    return at && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) ? day : undefined;
  },
  instant: (given) => {
    const at = typeof given === 'string' && INSTANT.test(given.trim()) ? new Date(given.trim()) : undefined;
    return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
  },
};

const FORM: Readonly<Record<AttributeType, string>> = {
  text: `text of at most ${LONGEST_TEXT} characters`,
  number: 'a number, such as 12.5',
  boolean: 'true or false',
  date: 'a day, such as 2026-11-22',
  instant: 'a time with its zone, such as 2026-11-22T10:00:00Z',
};

/** A value as it is kept, or why it cannot be. */
export function readAttribute(type: AttributeType, given: unknown): { value: AttributeValue } | { problem: string } {
  const value = READ[type](given);
  return value === undefined ? { problem: `must be ${FORM[type]}` } : { value };
}

/**
 * Changes of a contact's attributes: null takes one away.
 *
 * @returns the changes as they are kept, and a problem for each key that is not one of the merchant's or does not fit
 */
export function readAttributes(
  types: AttributeTypes,
  given: Readonly<Record<string, unknown>>,
): { changes: Record<string, AttributeValue | null>; problems: Record<string, string[]> } {
  const changes: Record<string, AttributeValue | null> = {};
  const problems: Record<string, string[]> = {};
  for (const [key, value] of Object.entries(given)) {
    const type = types.get(key);
    if (!type) problems[`attributes.${key}`] = [`${key} is no attribute of yours; define it first`];
    else if (value === null) changes[key] = null;
    else {
      const read = readAttribute(type, value);
      if ('value' in read) changes[key] = read.value;
      else problems[`attributes.${key}`] = [`${key} ${read.problem}`];
    }
  }
  return { changes, problems };
}
