import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { ShopEvent } from './shop-event.js';

/** The one writer of what happened in shops. */
@Injectable()
export class ShopEvents {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** @returns the stored event, and whether it is new; one that was told before stays as it was told first */
  async add(
    tx: Tx,
    tenantId: string,
    event: Omit<ShopEvent, 'eventId'>,
  ): Promise<{ event: ShopEvent; isNew: boolean }> {
    const eventId = newId(this.clock.now());
    const { source, givenId, kind, at, contactId, subject, data } = event;
    const added: unknown[] = await tx.query(
      `INSERT INTO shop_events (tenant_id, event_id, source, given_id, kind, at, contact_id, subject, data)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, eventId, source, givenId, kind, at, contactId, subject, JSON.stringify(data)],
    );
    if (added.length > 0) return { event: { eventId, ...event }, isNew: true };
    const known = (await this.find(tx, tenantId, source, givenId)) as ShopEvent;
    return { event: known, isNew: false };
  }

  async find(tx: Tx, tenantId: string, source: string, givenId: string): Promise<ShopEvent | undefined> {
    const [event]: ShopEvent[] = await tx.query(
      `SELECT event_id AS "eventId", source, given_id AS "givenId", kind, at, contact_id AS "contactId", subject, data
         FROM shop_events WHERE tenant_id = $1 AND source = $2 AND given_id = $3`,
      [tenantId, source, givenId],
    );
    return event;
  }

  /**
   * Whether one of these kinds happened to a customer from an instant on: shops tell facts out of order.
   *
   * @param about the cart or order; absent: any of the customer's
   */
  async happenedSince(
    tx: Tx,
    tenantId: string,
    contactId: string,
    asked: { kinds: readonly string[]; since: Date; about?: string | undefined },
  ): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `SELECT 1 FROM shop_events WHERE tenant_id = $1 AND contact_id = $2 AND kind = ANY ($3::text[]) AND at >= $4
          AND ($5::text IS NULL OR subject = $5) LIMIT 1`,
      [tenantId, contactId, asked.kinds, asked.since, asked.about ?? null],
    );
    return rows.length > 0;
  }

  /** What happened to a contact that became another's happened to the other. */
  async followMerge(tx: Tx, tenantId: string, { from, into }: { from: string; into: string }): Promise<void> {
    await tx.query('UPDATE shop_events SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2', [
      tenantId,
      from,
      into,
    ]);
  }

  /** Nothing happened to a contact that is erased. */
  async forget(tx: Tx, tenantId: string, contactId: string): Promise<void> {
    await tx.query('DELETE FROM shop_events WHERE tenant_id = $1 AND contact_id = $2', [tenantId, contactId]);
  }
}
