/** The objects of a message that may name a file by its id, wherever in it they stand (header, parameter, card). */
const KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;
const HAS_ONE = /"(image|video|audio|document|sticker)"\s*:\s*\{/;

type Named = Record<string, unknown> & { id: string | number };

/** The ids of files that the body of a message names. Nearly no message names one, and reading JSON costs more than this. */
export function mediaIdsOf(body: string): string[] {
  if (!body.includes('"id"') || !HAS_ONE.test(body)) return [];
  return [...new Set([...namesIn(JSON.parse(body))].map(({ id }) => String(id)))];
}

/** The body with other ids in place of those that the map has. */
export function withMediaIds(body: string, ids: ReadonlyMap<string, string>): string {
  const message: unknown = JSON.parse(body);
  for (const named of namesIn(message)) named.id = ids.get(String(named.id)) ?? named.id;
  return JSON.stringify(message);
}

/** A file that a message names by its id, and as what it is sent. */
export interface NamedFile {
  sentAs: (typeof KINDS)[number];
  id: string;
  object: Readonly<Record<string, unknown>>;
}

/** The files that a message names by their ids, wherever in it they stand. */
export function* filesNamedIn(value: unknown): Generator<NamedFile> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== 'object' || inner === null) continue;
    const sentAs = KINDS.find((kind) => kind === key);
    if (sentAs && isNamed(inner)) yield { sentAs, id: String(inner.id), object: inner };
    yield* filesNamedIn(inner);
  }
}

function* namesIn(value: unknown): Generator<Named> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (KINDS.some((kind) => kind === key) && isNamed(inner)) yield inner;
    yield* namesIn(inner);
  }
}

const isNamed = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && ['string', 'number'].includes(typeof (value as { id?: unknown }).id);
