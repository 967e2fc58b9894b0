import type { FastifyRequest } from 'fastify';
import { isId } from '#libs/ids';
import { refuse } from '../graph-envelope/refuse.js';

/** The page that a caller asks for, by Graph's parameters. */
export interface PageAsked {
  limit: number;
  /** Ids between which the page lies. */
  after?: string;
  before?: string;
}

// Graph's own: 25 unless asked for; what is asked beyond the most is answered with the most.
const USUAL = 25;
const MOST = 500;

const cursorOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

function idOf(cursor: unknown, name: string): string | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  const hex = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString('hex') : '';
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (!isId(id)) throw refuse('invalid_cursor', `${name}: is not a cursor of ours. Start again without it.`);
  return id;
}

/** @throws Refusal for a limit that is no positive whole number, or a cursor that is not ours */
export function readPage(query: Readonly<Record<string, unknown>>): PageAsked {
  const limit = query.limit === undefined ? USUAL : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw refuse('invalid_parameter', 'limit: must be a positive whole number.');
  const after = idOf(query.after, 'after');
  const before = idOf(query.before, 'before');
  return { limit: Math.min(limit, MOST), ...(after ? { after } : {}), ...(before ? { before } : {}) };
}

/**
 * A page in Graph's form. `next` and `previous` are whole addresses that work as they are given: with the path and
 * parameters of this request, its key among them, as Graph puts its token there.
 *
 * @param rows one more than `asked.limit` if there are more in the direction asked for
 */
export function graphPage<T>(
  rows: readonly T[],
  asked: PageAsked,
  options: {
    idOf: (row: T) => string;
    show: (row: T) => unknown;
    request: FastifyRequest;
    publicUrl: string;
    key: string;
  },
): { data: unknown[]; paging?: object } {
  const backward = asked.before !== undefined && asked.after === undefined;
  const more = rows.length > asked.limit;
  const shown = backward ? rows.slice(-asked.limit) : rows.slice(0, asked.limit);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return { data: [] };
  const { request, publicUrl, key } = options;
  const link = (name: 'after' | 'before', id: string) => {
    const [path, search] = request.originalUrl.split('?');
    const query = new URLSearchParams(search);
    for (const old of ['after', 'before', 'access_token']) query.delete(old);
    query.set('limit', String(asked.limit));
    query.set(name, cursorOf(id));
    query.set('access_token', key);
    return `${publicUrl}${path}?${query}`;
  };
  const [firstId, lastId] = [options.idOf(first), options.idOf(last)];
  const hasNext = backward || more;
  const hasPrevious = backward ? more : asked.after !== undefined;
  return {
    data: shown.map(options.show),
    paging: {
      cursors: { before: cursorOf(firstId), after: cursorOf(lastId) },
      ...(hasNext ? { next: link('after', lastId) } : {}),
      ...(hasPrevious ? { previous: link('before', firstId) } : {}),
    },
  };
}

/**
 * A list of Graph's as we hand it on: `next` and `previous` of Graph carry our own token and lead past us, so they are
 * written anew, with the same parameters, for our host and the caller's key.
 */
export function pagesOfOurs(
  answer: unknown,
  options: { request: FastifyRequest; publicUrl: string; key: string },
): unknown {
  const paging = (answer as { paging?: Record<string, unknown> } | undefined)?.paging;
  if (typeof paging !== 'object' || paging === null) return answer;
  const { request, publicUrl, key } = options;
  const ours = (link: string) => {
    const query = new URL(link).searchParams;
    query.set('access_token', key);
    return `${publicUrl}${request.originalUrl.split('?')[0]}?${query}`;
  };
  const links = Object.entries(paging).map(([name, value]) => [name, typeof value === 'string' ? ours(value) : value]);
  return { ...(answer as object), paging: Object.fromEntries(links) };
}

/** Of what Graph could show, what `fields` asks for (the id always); all of it without `fields`. */
export function project(view: Readonly<Record<string, unknown>>, fields: unknown): Record<string, unknown> {
  const given = Object.entries(view).filter(([, value]) => value !== undefined);
  if (typeof fields !== 'string' || fields === '') return Object.fromEntries(given);
  // Nested fields as `a{b,c}` or `a.limit(1)`: the name in front is enough here.
  const asked = new Set(fields.replace(/\{[^}]*\}|\.\w+\([^)]*\)/g, '').split(','));
  return Object.fromEntries(given.filter(([name]) => name === 'id' || asked.has(name)));
}
