import type { FastifyRequest } from 'fastify';
import { Refusal } from '#libs/http';
import type { Database } from '#libs/persistence';
import type { Caller, KeyReach } from './api-key-authenticator.js';

type Named = Record<string, unknown> | undefined;
const PLACES = ['phoneNumberId', 'phone_number_id', 'wabaId', 'waba_id'] as const;
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

export const beyondReach = (): Refusal =>
  Refusal.forbidden('This API key is for another number or account. Name one that it reaches.');

/**
 * Refuses a key for one account or number what belongs to another. The guard knows numbers and accounts by their ids; whose
 * a template or a message is, is known once it is read.
 *
 * @param owner whose it is, in our ids; without a number, the account's
 * @throws Refusal
 */
export function requireReach({ only }: Caller, owner: { wabaId: string; phoneNumberId?: string }): void {
  if (!only) return;
  const { phoneNumberId = only.phoneNumberId } = owner;
  if (owner.wabaId !== only.wabaId || (only.phoneNumberId ?? phoneNumberId) !== phoneNumberId) throw beyondReach();
}

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
    // Another number or account of the tenant is out of reach. Whose a template or message is, `requireReach` is asked; a
    // file is nobody's number.
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
