import type { RouteKind } from '#libs/wabas';
import { idText } from './exact-json.js';
import { type Fields, fieldsOf, isFields } from './fields.js';

/** One change of a webhook with what its entry says: the shape in which `meta_events.body` keeps it. */
export interface MetaChange extends Fields {
  /** WABA id, or the business portfolio's for partner events (webhook reference, account_update, 2025-12-05). */
  id?: unknown;
  /** Unix seconds; only on management fields. */
  time?: unknown;
  field?: unknown;
  value?: unknown;
  /** Only where it is not `whatsapp_business_account`. */
  object?: unknown;
}

/** An id of Meta's by which the tenant of a change can be found. */
export interface RouteId {
  kind: RouteKind;
  metaId: string;
}

const ID = /^[\w.:-]{1,100}$/;
const OBJECT = 'whatsapp_business_account';

/**
 * Takes a webhook apart into its changes, in order. Whatever does not have Meta's shape becomes a change all the same,
 * because what Meta signed is never dropped.
 */
export function changesOf(payload: unknown): MetaChange[] {
  if (!isFields(payload)) return [{ field: 'unknown', value: payload }];
  const { object, entry, ...rest } = payload;
  const foreign = object === OBJECT ? {} : { object };
  if (!Array.isArray(entry)) return [{ ...foreign, field: 'unknown', value: { ...rest, entry } }];
  return entry.flatMap((one: unknown): MetaChange[] => {
    if (!isFields(one)) return [{ ...foreign, field: 'unknown', value: one }];
    const { changes, ...about } = one;
    if (!Array.isArray(changes)) return [{ ...foreign, ...about, field: 'unknown', value: { changes } }];
    return changes.map((change: unknown) => ({
      ...foreign,
      ...about,
      ...(isFields(change) ? change : { field: 'unknown', value: change }),
    }));
  });
}

export const fieldOf = (change: MetaChange): string =>
  typeof change.field === 'string' && /^[\w.-]{1,100}$/.test(change.field) ? change.field : 'unknown';

/**
 * By which of Meta's ids the tenant of a change is found, the first that leads somewhere counting: the number for
 * messages and the like, the WABA for management fields, the portfolio for partner events.
 */
export function routesOf(change: MetaChange): RouteId[] {
  const value = fieldsOf(change.value);
  const number = routableId(fieldsOf(value.metadata).phone_number_id);
  if (number) return [{ kind: 'phone_number', metaId: number }];
  const info = fieldsOf(value.waba_info);
  const candidates: [RouteKind, unknown][] = [
    ['waba', info.waba_id],
    ['business', info.owner_business_id],
    ['waba', change.id],
    ['business', change.id],
  ];
  return candidates.flatMap(([kind, id]) => {
    const metaId = routableId(id);
    return metaId ? [{ kind, metaId }] : [];
  });
}

/** Whatever could not be an id leads nowhere; what is stored under it would not fit the index of routes. */
function routableId(value: unknown): string | undefined {
  const id = idText(value);
  return id !== undefined && ID.test(id) ? id : undefined;
}

export const routeText = (route: RouteId | undefined): string => (route ? `${route.kind}:${route.metaId}` : 'unknown:');
