/** The objects of a message that may name a file by its id, wherever in it they stand (header, parameter, card). */
const KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;
const HAS_ONE = /"(image|video|audio|document|sticker)"\s*:\s*\{/;

type Named = Record<string, unknown> & { id: string | number };

/** The ids of files that the body of a message names. Nearly no message names one, and reading JSON costs more than this. */
export function mediaIdsOf(body: string): string[] {
  if (!body.includes('"id"') || !HAS_ONE.test(body)) return [];
  return [...new Set(filesNamedIn(JSON.parse(body)).map(({ object }) => String(object.id)))];
}

/** The body with other ids in place of those that the map has. */
export function withMediaIds(body: string, ids: ReadonlyMap<string, string>): string {
  const message: unknown = JSON.parse(body);
  for (const { object } of filesNamedIn(message)) object.id = ids.get(String(object.id)) ?? object.id;
  return JSON.stringify(message);
}

/** A file that a message names by its id, and as what it is sent. */
export interface NamedFile {
  sentAs: (typeof KINDS)[number];
  /** The object of the message that names it. */
  object: Named;
}

/**
 * The files that a message names by their ids, wherever in it they stand, the outer ones first. Every template goes through
 * here and nearly none names a file, so there are neither generators nor pairs of keys and values for those that do not.
 */
export function filesNamedIn(value: unknown, found: NamedFile[] = []): NamedFile[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    const object = (value as Record<string, unknown>)[key];
    if (typeof object !== 'object' || object === null) continue;
    const sentAs = KINDS.find((kind) => kind === key);
    if (sentAs && isNamed(object)) found.push({ sentAs, object });
    filesNamedIn(object, found);
  }
  return found;
}

const isNamed = (value: object): value is Named => {
  const { id } = value as { id?: unknown };
  return typeof id === 'string' || typeof id === 'number';
};
