import { newMessageRef } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import type { ParkedAction, ParkedKind } from './parked-kinds.js';
import { PARKED_SOURCES } from './parked-sources.js';

/** Which of a kind. */
export interface ParkedFilter {
  cause?: string | undefined;
  tenantId?: string | undefined;
  /** Named ones: ids of messages or events. */
  ids?: readonly string[] | undefined;
}

export interface ParkedItem {
  tenant_id: string;
  /** Of the message or the event. */
  id: string;
  /** Where one event is parked for several endpoints: which; else zeros. */
  sub: string;
  cause: string;
  at: Date;
  about: object;
}

export interface CauseCount {
  kind: ParkedKind;
  cause: string;
  count: number;
  tenants: number;
  /** When the first and the last were parked, or, for usage facts, delivered. */
  oldest_at: Date;
  newest_at: Date;
}

/** How many are parked, by kind and cause, the most frequent first. @param tx of staff @param tenantId only this tenant's */
export async function causesOfParked(tx: Tx, kinds: readonly ParkedKind[], tenantId?: string): Promise<CauseCount[]> {
  const counts: CauseCount[] = [];
  for (const kind of kinds) {
    const { from, parked, cause, at } = PARKED_SOURCES[kind];
    counts.push(
      ...(await tx.query(
        `SELECT $1::text AS kind, cause, count(*)::int AS count, count(DISTINCT tenant_id)::int AS tenants,
                min(at) AS oldest_at, max(at) AS newest_at
           FROM (SELECT p.tenant_id, ${cause} AS cause, ${at} AS at FROM ${from}
                  WHERE ${parked} AND ($2::uuid IS NULL OR p.tenant_id = $2)) p
          GROUP BY cause ORDER BY count(*) DESC, cause`,
        [kind, tenantId ?? null],
      )),
    );
  }
  return counts;
}

/**
 * Parked items of one kind, newest first.
 *
 * @param tx of staff
 * @param page `after`: where the last page ended
 */
export async function findParked(
  tx: Tx,
  kind: ParkedKind,
  filter: ParkedFilter,
  page: { after?: { id: string; sub: string } | undefined; limit: number },
): Promise<ParkedItem[]> {
  const { from, id, sub, cause, at, about } = PARKED_SOURCES[kind];
  const rows: ParkedItem[] = await tx.query(
    `SELECT p.tenant_id, ${id} AS id, ${sub} AS sub, ${cause} AS cause, ${at} AS at, ${about} AS about
       FROM ${from} WHERE ${whereOf(kind)}
        AND ($4::uuid IS NULL OR (${id} <= $4 AND (${id}, ${sub}) < ($4, $5::uuid)))
      ORDER BY ${id} DESC, ${sub} DESC LIMIT $6`,
    [...valuesOf(filter), page.after?.id ?? null, page.after?.sub ?? null, page.limit],
  );
  const isMessage = kind === 'messages' || kind === 'usage_facts';
  return rows.map((row) => (isMessage ? { ...row, about: { message_ref: newMessageRef(row.id), ...row.about } } : row));
}

/** What an action would be done to: how many there are, and the oldest of them. */
export async function chosenFor(
  tx: Tx,
  kind: ParkedKind,
  action: ParkedAction,
  filter: ParkedFilter,
  atMost: number,
): Promise<{ count: number; oldest: Omit<ParkedItem, 'about'>[] }> {
  const { from, id, sub, cause, at, retriable } = PARKED_SOURCES[kind];
  const rows: (Omit<ParkedItem, 'about'> & { count: number })[] = await tx.query(
    `SELECT p.tenant_id, ${id} AS id, ${sub} AS sub, ${cause} AS cause, ${at} AS at, count(*) OVER ()::int AS count
       FROM ${from} WHERE ${whereOf(kind)} ${action === 'retry' ? `AND ${retriable}` : ''}
      ORDER BY ${id}, ${sub} LIMIT $4`,
    [...valuesOf(filter), atMost],
  );
  return { count: rows[0]?.count ?? 0, oldest: rows.map(({ count: _, ...item }) => item) };
}

const whereOf = (kind: ParkedKind): string => {
  const { parked, cause, id } = PARKED_SOURCES[kind];
  return `${parked} AND ($1::text IS NULL OR ${cause} = $1) AND ($2::uuid IS NULL OR p.tenant_id = $2)
    AND ($3::uuid[] IS NULL OR ${id} = ANY ($3))`;
};

const valuesOf = ({ cause, tenantId, ids }: ParkedFilter): unknown[] => [cause ?? null, tenantId ?? null, ids ?? null];
