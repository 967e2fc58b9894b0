const PLACEHOLDER = /\{\{\s*([\w.-]{1,64})\s*(?:\|([^{}]*))?\}\}/g;

/** A placeholder of a recipient who has no such attribute, and for whom no fallback is given. */
export class MissingAttribute extends Error {
  override name = 'MissingAttribute';
  constructor(readonly attribute: string) {
    super(`the recipient has no ${attribute}, and there is no fallback`);
  }
}

type Attributes = Readonly<Record<string, unknown>>;

/**
 * Puts a recipient's attributes into a template's components: `{{first_name|friend}}` anywhere in a text is the attribute, or
 * the fallback behind the bar where it is missing or empty. A pure function of its inputs.
 *
 * @param components Cloud API `template.components`
 * @throws MissingAttribute
 */
export function personal<T>(components: T, attributes: Attributes): T {
  if (typeof components === 'string') return fill(components, attributes) as T;
  if (Array.isArray(components)) return components.map((one) => personal(one, attributes)) as T;
  if (typeof components !== 'object' || components === null) return components;
  return Object.fromEntries(Object.entries(components).map(([key, value]) => [key, personal(value, attributes)])) as T;
}

/** The attributes without which a recipient gets no message: those of placeholders that have no fallback. */
export function attributesWithoutFallback(components: unknown): string[] {
  const found = new Set<string>();
  for (const [, name, fallback] of JSON.stringify(components ?? null).matchAll(PLACEHOLDER)) {
    if (fallback === undefined) found.add(name as string);
  }
  return [...found].sort();
}

function fill(text: string, attributes: Attributes): string {
  return text.replace(PLACEHOLDER, (_, name: string, fallback: string | undefined) => {
    const value = attributes[name];
    const given =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
    // Meta refuses parameters with line breaks, tabs or more than four spaces in a row (error 132018, 2025-11).
    const clean = given.replace(/\s+/g, ' ').trim();
    if (clean !== '') return clean;
    if (fallback === undefined) throw new MissingAttribute(name);
    return fallback.trim();
  });
}
