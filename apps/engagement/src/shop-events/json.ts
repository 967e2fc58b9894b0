/** What foreign JSON holds, read without trust: anything of another type than asked for is absent. */
export type Json = Readonly<Record<string, unknown>>;

export const objectIn = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const listIn = (value: unknown): Json[] => (Array.isArray(value) ? value.map(objectIn) : []);

/** Text that is not blank; a number as it is written, since shop systems write ids as numbers. */
export function textIn(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** The first of these that is a text. */
export const firstText = (...values: unknown[]): string | undefined => {
  for (const value of values) {
    const text = textIn(value);
    if (text !== undefined) return text;
  }
  return undefined;
};

/** An instant; one without a zone is in UTC. */
export function instantIn(value: unknown): Date | undefined {
  const text = textIn(value);
  if (text === undefined) return undefined;
  const at = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** The object without what is absent. */
export const present = (fields: Record<string, unknown>): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
