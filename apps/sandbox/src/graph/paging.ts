import { type GraphCall, text } from './graph-call.js';
import { badParameter, GraphError } from './graph-error.js';

const encode = (id: string) => Buffer.from(`c:${id}`).toString('base64url');
const decode = (cursor: string) => {
  const plain = Buffer.from(cursor, 'base64url').toString();
  return plain.startsWith('c:') ? plain.slice(2) : undefined;
};

/**
 * One page of `items` in Meta's form: `{data, paging:{cursors:{before, after}, next?, previous?}}`. `next` and
 * `previous` are whole addresses that work as they are, token included.
 * @throws GraphError 131059 for a cursor that names nothing (100 before v24; meta/errors.csv).
 */
export function page<T extends { id: string }>(
  call: GraphCall,
  items: readonly T[],
  show: (item: T) => Record<string, unknown>,
): Record<string, unknown> {
  const limit = Number(text(call, 'limit') ?? 25);
  if (!Number.isInteger(limit) || limit < 1) throw badParameter('limit must be a positive whole number.');
  const position = (name: 'after' | 'before') => {
    const cursor = text(call, name);
    if (cursor === undefined) return undefined;
    const id = decode(cursor);
    const found = id === undefined ? -1 : items.findIndex((item) => item.id === id);
    if (found < 0)
      throw new GraphError(call.majorVersion >= 24 ? 131059 : 100, `The ${name} cursor is not valid; start again.`);
    return found;
  };
  const after = position('after');
  const before = position('before');
  const from = after !== undefined ? after + 1 : before !== undefined ? Math.max(0, before - limit) : 0;
  const to = before !== undefined && after === undefined ? before : from + limit;
  const shown = items.slice(from, to);
  if (!shown.length) return { data: [] };

  const first = encode(shown[0]!.id);
  const last = encode(shown.at(-1)!.id);
  const link = (cursor: Record<string, string>) => {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(call.query)) {
      if (key !== 'after' && key !== 'before' && key !== 'access_token') query.set(key, String(value));
    }
    if (call.rawToken) query.set('access_token', call.rawToken);
    query.set('limit', String(limit));
    for (const [key, value] of Object.entries(cursor)) query.set(key, value);
    return `${call.baseUrl}${call.version ? `/${call.version}` : ''}${call.path}?${query}`;
  };
  return {
    data: shown.map(show),
    paging: {
      cursors: { before: first, after: last },
      ...(to < items.length && { next: link({ after: last }) }),
      ...(from > 0 && { previous: link({ before: first }) }),
    },
  };
}
