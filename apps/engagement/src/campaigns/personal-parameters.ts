const PLACEHOLDER = /\{\{\s*([\w.-]{1,64})\s*(?:\|([^{}]*))?\}\}/g;

/** A placeholder of a recipient who has no such attribute, and for whom no fallback is given. */
export class MissingAttribute extends Error {
  override name = 'MissingAttribute';
  constructor(readonly attribute: string) {
    super(`the recipient has no ${attribute}, and there is no fallback`);
  }
}

export type Attributes = Readonly<Record<string, unknown>>;

/**
 * Puts a recipient's attributes into a template's components: `{{first_name|friend}}` anywhere in a text is the attribute, or
 * the fallback behind the bar where it is missing or empty. A pure function of its inputs.
 *
 * @param components Cloud API `template.components`
 * @param write      how a value is written into its text; as it is if left out
 * @throws MissingAttribute
 */
export function personal<T>(components: T, attributes: Attributes, write = asItIs): T {
  if (typeof components === 'string') return fill(components, attributes, write) as T;
  if (Array.isArray(components)) return components.map((one) => personal(one, attributes, write)) as T;
  if (typeof components !== 'object' || components === null) return components;
  return Object.fromEntries(
    Object.entries(components).map(([key, value]) => [key, personal(value, attributes, write)]),
  ) as T;
}

/** The attributes without which a recipient gets no message: those of placeholders that have no fallback. */
export function attributesWithoutFallback(components: unknown): string[] {
  const found = new Set<string>();
  for (const [, name, fallback] of JSON.stringify(components ?? null).matchAll(PLACEHOLDER)) {
    if (fallback === undefined) found.add(name as string);
  }
  return [...found].sort();
}

const asItIs = (value: string): string => value;

function fill(text: string, attributes: Attributes, write: (value: string) => string): string {
  return text.replace(PLACEHOLDER, (_, name: string, fallback: string | undefined) => {
    const value = attributes[name];
    const given =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
    // Meta refuses parameters with line breaks, tabs or more than four spaces in a row (error 132018, 2025-11).
    const clean = given.replace(/\s+/g, ' ').trim();
    if (clean !== '') return write(clean);
    if (fallback === undefined) throw new MissingAttribute(name);
    return write(fallback.trim());
  });
}
