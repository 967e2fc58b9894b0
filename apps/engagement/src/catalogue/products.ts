import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import type { Product, StoredProduct } from './product.js';

const COLUMNS = `retailer_id AS "retailerId", title, description, price::text, currency, url, image_url AS "imageUrl",
  in_stock AS "inStock", brand, state, version, problem, updated_at AS "updatedAt"`;

/** The one writer of products. */
@Injectable()
export class Products {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Adds products, or changes those that are there; one that is put as it is waits for nothing. @returns how many changed */
  async put(tx: Tx, tenantId: string, catalogueId: string, products: readonly Product[]): Promise<number> {
    const column = <K extends keyof Product>(key: K) => products.map((p) => p[key]);
    const rows: unknown[] = await tx.query(
      `INSERT INTO products AS p (tenant_id, catalogue_id, retailer_id, title, description, price, currency, url, image_url,
                                  in_stock, brand, state, version, updated_at)
       SELECT $1, $2, g.retailer_id, g.title, g.description, g.price, g.currency, g.url, g.image_url, g.in_stock, g.brand,
              'changed', 1, $12
         FROM unnest($3::text[], $4::text[], $5::text[], $6::numeric[], $7::text[], $8::text[], $9::text[], $10::boolean[],
                     $11::text[]) AS g(retailer_id, title, description, price, currency, url, image_url, in_stock, brand)
        ORDER BY g.retailer_id
       ON CONFLICT (tenant_id, catalogue_id, retailer_id) DO UPDATE
         SET title = excluded.title, description = excluded.description, price = excluded.price,
             currency = excluded.currency, url = excluded.url, image_url = excluded.image_url,
             in_stock = excluded.in_stock, brand = excluded.brand, state = 'changed', problem = NULL, batch_id = NULL,
             version = p.version + 1, updated_at = excluded.updated_at
         WHERE p.state IN ('refused', 'removing')
            OR (p.title, p.description, p.price, p.currency, p.url, p.image_url, p.in_stock, p.brand)
               IS DISTINCT FROM (excluded.title, excluded.description, excluded.price, excluded.currency, excluded.url,
                                 excluded.image_url, excluded.in_stock, excluded.brand)
       RETURNING 1`,
      [
        tenantId,
        catalogueId,
        column('retailerId'),
        column('title'),
        column('description'),
        column('price'),
        column('currency'),
        column('url'),
        column('imageUrl'),
        column('inStock'),
        column('brand'),
        this.clock.now(),
      ],
    );
    return rows.length;
  }

  /** It goes when Meta has taken it out as well. @returns false when there is no such product */
  async remove(tx: Tx, tenantId: string, catalogueId: string, retailerId: string): Promise<boolean> {
    const [, count] = await tx.query(
      `UPDATE products SET state = 'removing', batch_id = NULL, version = version + 1, updated_at = $4
        WHERE tenant_id = $1 AND catalogue_id = $2 AND retailer_id = $3`,
      [tenantId, catalogueId, retailerId, this.clock.now()],
    );
    return count > 0;
  }

  /** @param page in the order of retailer ids; `after` is the one where the last page ended */
  async list(
    tx: Tx,
    tenantId: string,
    catalogueId: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<StoredProduct[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM products WHERE tenant_id = $1 AND catalogue_id = $2 AND ($3::text IS NULL OR retailer_id > $3)
        ORDER BY retailer_id LIMIT $4`,
      [tenantId, catalogueId, page.after ?? null, page.limit],
    );
  }

  /** Those of these ids that can be shown to customers, in the order asked. */
  async showable(
    tx: Tx,
    tenantId: string,
    catalogueId: string,
    retailerIds: readonly string[],
  ): Promise<StoredProduct[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM products WHERE tenant_id = $1 AND catalogue_id = $2 AND retailer_id = ANY ($3::text[])
          AND state NOT IN ('removing', 'refused') ORDER BY array_position($3::text[], retailer_id)`,
      [tenantId, catalogueId, retailerIds],
    );
  }

  /** Those of these ids that are products of ours. */
  async known(tx: Tx, tenantId: string, catalogueId: string, retailerIds: readonly string[]): Promise<string[]> {
    const rows: { retailer_id: string }[] = await tx.query(
      'SELECT retailer_id FROM products WHERE tenant_id = $1 AND catalogue_id = $2 AND retailer_id = ANY ($3::text[])',
      [tenantId, catalogueId, retailerIds],
    );
    return rows.map((row) => row.retailer_id);
  }

  /** What the next batch is made of. */
  async toSend(tx: Tx, tenantId: string, catalogueId: string, limit: number): Promise<StoredProduct[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM products WHERE tenant_id = $1 AND catalogue_id = $2 AND state IN ('changed', 'removing')
        ORDER BY retailer_id LIMIT $3`,
      [tenantId, catalogueId, limit],
    );
  }

  /** Meta took a batch: what was taken out is gone; what was changed meanwhile waits for the next one. */
  async sent(
    tx: Tx,
    tenantId: string,
    catalogueId: string,
    batchId: string,
    products: readonly StoredProduct[],
  ): Promise<void> {
    const [gone, kept] = [
      products.filter((p) => p.state === 'removing'),
      products.filter((p) => p.state !== 'removing'),
    ];
    await tx.query(
      `UPDATE products p SET state = 'sent', batch_id = $3
         FROM unnest($4::text[], $5::integer[]) AS g(retailer_id, version)
        WHERE p.tenant_id = $1 AND p.catalogue_id = $2 AND p.retailer_id = g.retailer_id AND p.version = g.version`,
      [tenantId, catalogueId, batchId, kept.map((p) => p.retailerId), kept.map((p) => p.version)],
    );
    await tx.query(
      `DELETE FROM products p USING unnest($3::text[], $4::integer[]) AS g(retailer_id, version)
        WHERE p.tenant_id = $1 AND p.catalogue_id = $2 AND p.retailer_id = g.retailer_id AND p.version = g.version`,
      [tenantId, catalogueId, gone.map((p) => p.retailerId), gone.map((p) => p.version)],
    );
  }

  /** Meta refused products when it was given them. */
  async refuse(
    tx: Tx,
    tenantId: string,
    catalogueId: string,
    products: readonly StoredProduct[],
    refused: ReadonlyMap<string, string>,
  ): Promise<void> {
    const own = products.filter((p) => refused.has(p.retailerId));
    await tx.query(
      `UPDATE products p SET state = 'refused', batch_id = NULL, problem = g.problem
         FROM unnest($3::text[], $4::integer[], $5::text[]) AS g(retailer_id, version, problem)
        WHERE p.tenant_id = $1 AND p.catalogue_id = $2 AND p.retailer_id = g.retailer_id AND p.version = g.version`,
      [
        tenantId,
        catalogueId,
        own.map((p) => p.retailerId),
        own.map((p) => p.version),
        own.map((p) => refused.get(p.retailerId)),
      ],
    );
  }

  /** Meta finished a batch: what it did not refuse is listed. @param failed why nothing of it is, where it failed as a whole */
  async settle(
    tx: Tx,
    tenantId: string,
    batchId: string,
    refused: ReadonlyMap<string, string>,
    failed?: string,
  ): Promise<void> {
    await tx.query(
      `UPDATE products p
          SET batch_id = NULL, state = CASE WHEN coalesce(g.retailer_id, $5) IS NULL THEN 'listed' ELSE 'refused' END,
              problem = coalesce(g.problem, $5)
         FROM products q LEFT JOIN unnest($3::text[], $4::text[]) AS g(retailer_id, problem) ON g.retailer_id = q.retailer_id
        WHERE q.tenant_id = $1 AND q.batch_id = $2 AND q.state = 'sent'
          AND p.tenant_id = q.tenant_id AND p.catalogue_id = q.catalogue_id AND p.retailer_id = q.retailer_id`,
      [tenantId, batchId, [...refused.keys()], [...refused.values()], failed ?? null],
    );
  }

  /** Puts what Meta does not have, although it said so, into the next batch. @returns their ids */
  async missing(tx: Tx, tenantId: string, catalogueId: string, listed: readonly string[]): Promise<string[]> {
    const [rows]: [{ retailer_id: string }[], number] = await tx.query(
      `UPDATE products SET state = 'changed', version = version + 1
        WHERE tenant_id = $1 AND catalogue_id = $2 AND state = 'listed' AND retailer_id <> ALL ($3::text[])
       RETURNING retailer_id`,
      [tenantId, catalogueId, listed],
    );
    return rows.map((row) => row.retailer_id).sort();
  }
}
