import type { FastifyRequest } from 'fastify';
import type { Database } from '#libs/persistence';
import type { KeyReach } from './api-key-authenticator.js';

type Named = Record<string, unknown> | undefined;
const PLACES = ['phoneNumberId', 'phone_number_id', 'wabaId', 'waba_id'] as const;
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/**
 * Whether a call goes beyond what a key for one account or number reaches. What a call is about is named in its path,
 * query or body; a native list that names nothing would show all of the tenant, so it must name something. On the routes
 * of old facades that name no number, the key's own is meant.
 *
 * @param own the route is about the caller itself
 */
export async function outOfReach(
  db: Database,
  tenantId: string,
  { wabaId, phoneNumberId, metaIds }: KeyReach,
  request: Pick<FastifyRequest, 'params' | 'query' | 'body' | 'routeOptions'>,
  own: boolean,
): Promise<boolean> {
  if (own) return false;
  const ours = new Set([...metaIds, wabaId, ...(phoneNumberId ? [phoneNumberId] : [])]);
  const named = [request.params, request.query, request.body].flatMap((place) =>
    PLACES.flatMap((name) => textOf((place as Named)?.[name]) ?? []),
  );
  if (named.some((id) => !ours.has(id))) return true;
  const { id } = (request.params ?? {}) as { id?: string };
  if (id !== undefined && !ours.has(id)) {
    // A file or template is nobody's number; another number or account of the tenant is out of reach.
    const others = await db.inTenant(tenantId, (tx) =>
      tx.query(
        `SELECT 1 FROM meta_routes WHERE tenant_id = $1 AND (meta_id = $2 OR object_id::text = $2)
            AND kind IN ('waba', 'phone_number')`,
        [tenantId, id],
      ),
    );
    return others.length > 0;
  }
  const isNative = request.routeOptions.url?.startsWith('/api/') ?? false;
  return isNative && named.length === 0 && id === undefined;
}
