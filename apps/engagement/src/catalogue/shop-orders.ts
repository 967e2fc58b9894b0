import { Injectable } from '@nestjs/common';
import { derivedId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { CustomerOrder, OrderItem } from './read-order.js';

export interface ShopOrder extends CustomerOrder {
  orderId: string;
  contactId: string;
  phoneNumberId: string;
  metaMessageId: string;
  at: Date;
}

/** The one writer of orders that came on WhatsApp. */
@Injectable()
export class ShopOrders {
  /** @returns the order's id; undefined when it is known already */
  async add(tx: Tx, tenantId: string, order: Omit<ShopOrder, 'orderId'>): Promise<string | undefined> {
    const { contactId, phoneNumberId, metaMessageId, metaCatalogId, note, total, currency, at, items } = order;
    const orderId = derivedId(at, phoneNumberId, metaMessageId);
    const added: unknown[] = await tx.query(
      `INSERT INTO shop_orders (tenant_id, order_id, contact_id, phone_number_id, meta_message_id, meta_catalog_id, note,
                                total, currency, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, orderId, contactId, phoneNumberId, metaMessageId, metaCatalogId, note, total, currency, at],
    );
    if (added.length === 0) return undefined;
    await tx.query(
      `INSERT INTO shop_order_items (tenant_id, order_id, nth, retailer_id, quantity, price, currency)
       SELECT $1, $2, i.nth, i.retailer_id, i.quantity, i.price, i.currency
         FROM unnest($3::text[], $4::integer[], $5::numeric[], $6::text[]) WITH ORDINALITY
           AS i(retailer_id, quantity, price, currency, nth)`,
      [
        tenantId,
        orderId,
        items.map((i) => i.retailerId),
        items.map((i) => i.quantity),
        items.map((i) => i.price),
        items.map((i) => i.currency),
      ],
    );
    return orderId;
  }

  /** What a contact ordered that became another's the other ordered. */
  async followMerge(tx: Tx, tenantId: string, { from, into }: { from: string; into: string }): Promise<void> {
    await tx.query('UPDATE shop_orders SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2', [
      tenantId,
      from,
      into,
    ]);
  }

  /** What was bought, for how much, stays the merchant's book; what tells who bought it does not. */
  async forget(tx: Tx, tenantId: string, contactId: string): Promise<void> {
    await tx.query(
      `UPDATE shop_orders SET note = NULL, meta_message_id = order_id::text WHERE tenant_id = $1 AND contact_id = $2`,
      [tenantId, contactId],
    );
  }

  /** Newest first. */
  async list(
    tx: Tx,
    tenantId: string,
    filter: { contactId?: string | undefined; before?: string | undefined; limit: number },
  ): Promise<ShopOrder[]> {
    const items = `coalesce((SELECT json_agg(json_build_object('retailerId', i.retailer_id, 'quantity', i.quantity,
        'price', i.price::text, 'currency', i.currency) ORDER BY i.nth)
      FROM shop_order_items i WHERE i.tenant_id = o.tenant_id AND i.order_id = o.order_id), '[]')`;
    return tx.query(
      `SELECT o.order_id AS "orderId", o.contact_id AS "contactId", o.phone_number_id AS "phoneNumberId",
              o.meta_message_id AS "metaMessageId", o.meta_catalog_id AS "metaCatalogId", o.note, o.total::text, o.currency,
              o.at, ${items} AS items
         FROM shop_orders o
        WHERE o.tenant_id = $1 AND ($2::uuid IS NULL OR o.contact_id = $2) AND ($3::uuid IS NULL OR o.order_id < $3)
        ORDER BY o.order_id DESC LIMIT $4`,
      [tenantId, filter.contactId ?? null, filter.before ?? null, filter.limit],
    );
  }

  /** What a customer ordered on WhatsApp from an instant on. */
  async boughtBy(tx: Tx, tenantId: string, contactId: string, since: Date): Promise<string[]> {
    const rows: Pick<OrderItem, 'retailerId'>[] = await tx.query(
      `SELECT DISTINCT i.retailer_id AS "retailerId" FROM shop_orders o JOIN shop_order_items i USING (tenant_id, order_id)
        WHERE o.tenant_id = $1 AND o.contact_id = $2 AND o.at >= $3`,
      [tenantId, contactId, since],
    );
    return rows.map((row) => row.retailerId);
  }

  /** In how many orders since an instant products stood, alone and beside some of these. */
  async counts(
    tx: Tx,
    tenantId: string,
    beside: readonly string[],
    since: Date,
  ): Promise<{ retailerId: string; sold: number; together: number }[]> {
    return tx.query(
      `SELECT i.retailer_id AS "retailerId", count(DISTINCT o.order_id)::int AS sold,
              count(DISTINCT o.order_id) FILTER (WHERE EXISTS (
                SELECT FROM shop_order_items j WHERE j.tenant_id = o.tenant_id AND j.order_id = o.order_id
                   AND j.retailer_id = ANY ($2::text[]) AND j.retailer_id <> i.retailer_id))::int AS together
         FROM shop_orders o JOIN shop_order_items i USING (tenant_id, order_id)
        WHERE o.tenant_id = $1 AND o.at >= $3 GROUP BY i.retailer_id`,
      [tenantId, beside, since],
    );
  }
}
