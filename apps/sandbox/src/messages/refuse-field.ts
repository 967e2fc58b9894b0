import type { Json } from '../state/json.js';

/** A Graph error code and what to mend. */
export type Refusal = { code: number; details: string };

export const missingField = (name: string): Refusal => ({
  code: 131008,
  details: `Required parameter ${name} is missing.`,
});
export const badValue = (details: string): Refusal => ({ code: 131009, details });
export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text of 1 to `max` characters. */
export function refuseText(value: unknown, name: string, max: number): Refusal | undefined {
  if (value === undefined || value === null || value === '') return missingField(name);
  if (typeof value !== 'string') return badValue(`${name} must be text.`);
  // As people count: an emoji of two UTF-16 units is one.
  return value.length > max && [...value].length > max
    ? { code: 100, details: `Param ${name} must be at most ${max} characters long.` }
    : undefined;
}

export const refuseOptionalText = (value: unknown, name: string, max: number): Refusal | undefined =>
  value === undefined ? undefined : refuseText(value, name, max);

/** A media object: an id, or a link that can be fetched. */
export function refuseMedia(value: unknown, name: string, captionAllowed: boolean): Refusal | undefined {
  if (!isRecord(value)) return missingField(name);
  const { id, link, caption } = value;
  if (!id && !link) return { code: 131008, details: `${name} needs an id or a link.` };
  if (link !== undefined && !/^https?:\/\/\S+$/.test(String(link))) return badValue(`${name}.link is not a URL.`);
  if (caption !== undefined && !captionAllowed) return { code: 100, details: `${name} takes no caption.` };
  return caption === '' ? undefined : refuseOptionalText(caption, `${name}.caption`, 1024);
}
