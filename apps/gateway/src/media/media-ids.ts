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

function* namesIn(value: unknown): Generator<Named> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (KINDS.some((kind) => kind === key) && isNamed(inner)) yield inner;
    yield* namesIn(inner);
  }
}

const isNamed = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && ['string', 'number'].includes(typeof (value as { id?: unknown }).id);
