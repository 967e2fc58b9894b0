/** A JSON object of which nothing is known yet: what Meta sends is looked into with care, never trusted in shape. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or an empty one. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The objects of an array; anything else in it, or instead of it, is left out. */
export const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Ids of Meta's have at most some 140 characters (2026-02); what is longer is none, and no index could hold it. */
const LONGEST_ID = 256;

/** An id or a number, written as text. */
export function nameOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= LONGEST_ID ? text : undefined;
}

const YEAR_2100 = 4_102_444_800;

/** Meta's time in Unix seconds, as number or text; undefined for anything that cannot be one. */
export function instantOf(seconds: unknown): Date | undefined {
  const n = typeof seconds === 'string' && /^\d+$/.test(seconds) ? Number(seconds) : seconds;
  return typeof n === 'number' && Number.isInteger(n) && n > 0 && n < YEAR_2100 ? new Date(n * 1_000) : undefined;
}
