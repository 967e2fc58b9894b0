import { Injectable } from '@nestjs/common';
import { spanOf } from '#libs/ids';
import { Coalescer, Database, kept, PROVIDER_TENANT, type Tx } from '#libs/persistence';

/** A change as it is stored before Meta is answered. */
export interface ReceivedEvent {
  tenantId: string;
  eventId: string;
  route: string;
  field: string;
  /** JSON text of a MetaChange. */
  body: string;
}

export interface WaitingEvent {
  eventId: string;
  field: string;
  body: string;
  attempts: number;
}

/** What became of an event. A parked one waits for a person; a new one for its time, `failed` counts as an attempt. */
export type EventEnd =
  | { eventId: string; status: 'done' | 'parked'; at: Date; note?: string | undefined }
  | { eventId: string; status: 'new'; dueAt: Date; note: string; failed: boolean };

/** More than are ever asked for at once: see `kept`. */
const AT_MOST = 1_000;

const COLUMNS = 'event_id AS "eventId", field, body::text AS body, attempts';
const DUE = kept(`
  SELECT * FROM (
    (SELECT * FROM (
      SELECT ${COLUMNS} FROM meta_events
       WHERE tenant_id = $1 AND route = $2 AND status = 'new' AND due_at IS NULL
       ORDER BY event_id LIMIT ${AT_MOST}) fresh LIMIT $4)
    UNION ALL
    (SELECT * FROM (
      SELECT ${COLUMNS} FROM meta_events
       WHERE tenant_id = $1 AND route = $2 AND status = 'new' AND due_at IS NOT NULL AND due_at <= $3
       ORDER BY due_at LIMIT ${AT_MOST}) later LIMIT $4)) due
   ORDER BY "eventId" LIMIT $4`);
const NEXT_DUE_AT = kept(`
  SELECT due_at AS at FROM meta_events
   WHERE tenant_id = $1 AND route = $2 AND status = 'new' AND due_at IS NOT NULL ORDER BY due_at LIMIT 1`);
const SETTLE = kept(`
  UPDATE meta_events e SET
    status = n.status, processed_at = n.processed_at, due_at = n.due_at, note = n.note, attempts = e.attempts + n.failed
   FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::smallint[])
     AS n(event_id, status, processed_at, due_at, note, failed)
  WHERE e.tenant_id = $1 AND e.event_id = n.event_id AND e.status = 'new'
    AND e.event_id = ANY ($2::uuid[]) AND e.event_id BETWEEN $8 AND $9`);

/** The one writer of `meta_events`: raw changes of Meta's, and what became of them. */
@Injectable()
export class MetaEvents {
  private readonly storing = new Coalescer<ReceivedEvent, undefined>(async (batch) => {
    await this.storeNow(this.db, batch);
    return batch.map(() => undefined);
  });

  constructor(private readonly db: Database) {}

  /** Resolves when the event is committed; webhooks of the moment share one statement. */
  store(event: ReceivedEvent): Promise<undefined> {
    return this.storing.add(event);
  }

  private async storeNow(via: Pick<Tx | Database, 'query'>, events: readonly ReceivedEvent[]): Promise<void> {
    await via.query('SELECT door_store_meta_events($1, $2, $3, $4, $5)', [
      events.map((e) => e.tenantId),
      events.map((e) => e.eventId),
      events.map((e) => e.route),
      events.map((e) => e.field),
      events.map((e) => e.body),
    ]);
  }

  /** Keeps what is no JSON that can be stored as its bytes, parked with the reason. */
  async storeRaw(event: Omit<ReceivedEvent, 'body'> & { raw: Buffer; note: string }, at: Date): Promise<void> {
    const { tenantId, eventId, route, field, raw, note } = event;
    await this.db.query('SELECT door_store_raw_meta_event($1, $2, $3, $4, $5, $6, $7)', [
      tenantId,
      eventId,
      route,
      field,
      raw,
      note.slice(0, 500),
      at,
    ]);
  }

  /**
   * New events of a route whose time has come, in the order in which they arrived. Fresh ones and those that waited are
   * found by an index each, so that what still waits costs nothing.
   */
  async due(tenantId: string, route: string, now: Date, limit: number): Promise<WaitingEvent[]> {
    return this.db.inTenant(tenantId, (tx) => tx.query(DUE, [tenantId, route, now, limit]), 'kept');
  }

  /** When the next event of a route is due; undefined when none waits. */
  async nextDueAt(tenantId: string, route: string): Promise<Date | undefined> {
    const [row]: { at: Date }[] = await this.db.inTenant(
      tenantId,
      (tx) => tx.query(NEXT_DUE_AT, [tenantId, route]),
      'kept',
    );
    return row?.at;
  }

  /** Notes what became of events, in the transaction that applied them. */
  async settle(tx: Tx, tenantId: string, ends: readonly EventEnd[]): Promise<void> {
    if (ends.length === 0) return;
    const column = <T>(pick: (e: EventEnd) => T): T[] => ends.map(pick);
    const eventIds = column((e) => e.eventId);
    await tx.query(SETTLE, [
      tenantId,
      eventIds,
      column((e) => e.status),
      column((e) => (e.status === 'new' ? null : e.at)),
      column((e) => (e.status === 'new' ? e.dueAt : null)),
      column((e) => e.note?.replaceAll('\0', '\ufffd') ?? null),
      column((e) => (e.status === 'new' && e.failed ? 1 : 0)),
      ...spanOf(eventIds),
    ]);
  }

  /** Routes of tenants that have events to apply: what the sweeper wakes. */
  async routesWithWork(now: Date): Promise<{ tenantId: string; route: string }[]> {
    const rows = await this.db.query<{ tenant_id: string; route: string }>(
      'SELECT tenant_id, route FROM door_routes_with_events($1)',
      [now],
    );
    return rows.map((r) => ({ tenantId: r.tenant_id, route: r.route }));
  }

  /**
   * The provider's events whose tenant may be known by now: the oldest one of each route, in the order of routes.
   *
   * @param after the route where the last call ended; '' begins
   */
  async unclaimed(after: string, limit: number): Promise<{ route: string; body: string }[]> {
    return this.db.inTenant(PROVIDER_TENANT, (tx) =>
      tx.query(
        `WITH RECURSIVE oldest AS (
           (SELECT route, event_id, 1 AS nth FROM meta_events
             WHERE tenant_id = $1 AND status = 'new' AND due_at IS NULL AND route > $2
             ORDER BY route, event_id LIMIT 1)
           UNION ALL
           SELECT n.route, n.event_id, o.nth + 1 FROM oldest o, LATERAL (
             SELECT route, event_id FROM meta_events
              WHERE tenant_id = $1 AND status = 'new' AND due_at IS NULL AND route > o.route
              ORDER BY route, event_id LIMIT 1) n
            WHERE o.nth < $3)
         SELECT o.route, e.body::text AS body
           FROM oldest o JOIN meta_events e ON e.tenant_id = $1 AND e.event_id = o.event_id ORDER BY o.route`,
        [PROVIDER_TENANT, after, limit],
      ),
    );
  }

  /** Hands the provider's events of a route to the tenant it turned out to be; @returns how many */
  async handOver(from: string, to: { tenantId: string; route: string }, at: Date): Promise<number> {
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const events: { eventId: string; field: string; body: string }[] = await tx.query(
        `SELECT event_id AS "eventId", field, body::text AS body FROM meta_events
          WHERE tenant_id = $1 AND route = $2 AND status = 'new' AND due_at IS NULL
          ORDER BY event_id LIMIT 1000 FOR UPDATE SKIP LOCKED`,
        [PROVIDER_TENANT, from],
      );
      if (events.length === 0) return 0;
      await this.storeNow(
        tx,
        events.map((e) => ({ ...e, ...to })),
      );
      await tx.query(
        `UPDATE meta_events SET status = 'done', processed_at = $3, note = $4
          WHERE tenant_id = $1 AND event_id = ANY ($2::uuid[])`,
        [PROVIDER_TENANT, events.map((e) => e.eventId), at, `handed to tenant ${to.tenantId}`],
      );
      return events.length;
    });
  }

  /** Parks the provider's events that came before an instant and that nobody claimed; @returns how many */
  async parkUnclaimed(before: string, at: Date): Promise<number> {
    const [, count] = await this.db.inTenant(PROVIDER_TENANT, (tx) =>
      tx.query(
        `UPDATE meta_events SET status = 'parked', processed_at = $3, note = 'no tenant has what this is about'
          WHERE tenant_id = $1 AND status = 'new' AND due_at IS NULL AND event_id < $2`,
        [PROVIDER_TENANT, before, at],
      ),
    );
    return count;
  }
}
