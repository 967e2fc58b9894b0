import type { Database, Tx } from '#libs/persistence';

export type RouteKind = 'phone_number' | 'waba' | 'business';
export interface Route {
  tenantId: string;
  objectId: string;
}

/** Meta's id of something that another tenant of this platform already has. */
export class TakenByAnotherTenantError extends Error {
  override name = 'TakenByAnotherTenantError';
  constructor(readonly kind: RouteKind) {
    super(`this ${kind} already belongs to another tenant`);
  }
}

const UNIQUE_VIOLATION = '23505';

/** Whose each of Meta's ids is; ids that nobody has are absent. The key of the answer is `kind:metaId`. */
export async function routesOf(
  db: Database,
  ids: readonly { kind: RouteKind; metaId: string }[],
): Promise<Map<string, Route>> {
  const rows = await db.query<{ kind: string; meta_id: string; tenant_id: string; object_id: string }>(
    'SELECT kind, meta_id, tenant_id, object_id FROM door_meta_routes($1, $2)',
    [ids.map((i) => i.kind), ids.map((i) => i.metaId)],
  );
  return new Map(rows.map((r) => [`${r.kind}:${r.meta_id}`, { tenantId: r.tenant_id, objectId: r.object_id }]));
}

/**
 * What Meta tells of this id is the tenant's from now on.
 *
 * @throws TakenByAnotherTenantError
 */
export async function claimRoute(
  tx: Tx,
  tenantId: string,
  kind: RouteKind,
  metaId: string,
  objectId: string,
): Promise<void> {
  // A savepoint: a refused insert must not spoil the caller's transaction.
  try {
    await tx.transaction((inner) =>
      inner.query(
        `INSERT INTO meta_routes (kind, meta_id, tenant_id, object_id)
         SELECT $1, $2, $3, $4
          WHERE NOT EXISTS (SELECT FROM meta_routes WHERE kind = $1 AND meta_id = $2 AND tenant_id = $3)`,
        [kind, metaId, tenantId, objectId],
      ),
    );
  } catch (error) {
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) throw new TakenByAnotherTenantError(kind);
    throw error;
  }
}

/** Anybody may claim the id from now on. */
export async function giveUpRoute(tx: Tx, tenantId: string, kind: RouteKind, metaId: string): Promise<void> {
  await tx.query('DELETE FROM meta_routes WHERE kind = $1 AND meta_id = $2 AND tenant_id = $3', [
    kind,
    metaId,
    tenantId,
  ]);
}
