import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What merchants sell on WhatsApp, and what was ordered. Written by the engagement app. */
export class CataloguesAndOrders1795305600057 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE catalogues (
        tenant_id       uuid NOT NULL,
        catalogue_id    uuid NOT NULL,
        waba_id         uuid NOT NULL,
        meta_catalog_id text NOT NULL,
        name            text NOT NULL,
        problem         text,
        synced_at       timestamptz,
        rest_until      timestamptz,
        made_by         text NOT NULL,
        created_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, catalogue_id),
        UNIQUE (tenant_id, meta_catalog_id),
        FOREIGN KEY (tenant_id, waba_id) REFERENCES wabas
      )`);
    await db.query(`COMMENT ON COLUMN catalogues.problem IS 'Why Meta did not take the last batch; null when it did'`);
    await db.query(
      `COMMENT ON COLUMN catalogues.rest_until IS 'Until when Meta is left alone after it refused a call'`,
    );
    await db.query(`CALL paloma_protect('catalogues', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE catalogue_batches (
        tenant_id    uuid NOT NULL,
        batch_id     uuid NOT NULL,
        catalogue_id uuid NOT NULL,
        handle       text NOT NULL,
        sent_at      timestamptz NOT NULL,
        settled_at   timestamptz,
        PRIMARY KEY (tenant_id, batch_id),
        FOREIGN KEY (tenant_id, catalogue_id) REFERENCES catalogues
      )`);
    await db.query(`COMMENT ON COLUMN catalogue_batches.handle IS 'By which Meta tells what became of the batch'`);
    await db.query(`CALL paloma_protect('catalogue_batches', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query(
      'CREATE INDEX catalogue_batches_open ON catalogue_batches (tenant_id, sent_at) WHERE settled_at IS NULL',
    );

    await db.query(`
      CREATE TABLE products (
        tenant_id    uuid NOT NULL,
        catalogue_id uuid NOT NULL,
        retailer_id  text NOT NULL,
        title        text NOT NULL,
        description  text NOT NULL,
        price        numeric(14, 2) NOT NULL CHECK (price >= 0),
        currency     text NOT NULL,
        url          text NOT NULL,
        image_url    text NOT NULL,
        in_stock     boolean NOT NULL,
        brand        text,
        state        text NOT NULL CHECK (state IN ('changed', 'removing', 'sent', 'listed', 'refused')),
        version      integer NOT NULL,
        batch_id     uuid,
        problem      text,
        updated_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, catalogue_id, retailer_id),
        FOREIGN KEY (tenant_id, catalogue_id) REFERENCES catalogues
      )`);
    await db.query(
      `COMMENT ON COLUMN products.version IS 'Counts edits: what Meta says of an older one is not said of this one'`,
    );
    await db.query(`CALL paloma_protect('products', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
    await db.query(
      `CREATE INDEX products_to_send ON products (tenant_id, catalogue_id) WHERE state IN ('changed', 'removing')`,
    );
    await db.query('CREATE INDEX products_of_batch ON products (tenant_id, batch_id) WHERE batch_id IS NOT NULL');

    for (const table of ['catalogues', 'catalogue_batches', 'products']) {
      await db.query(`GRANT SELECT ON ${table} TO paloma_door`);
      await db.query(`CREATE POLICY door_reads ON ${table} FOR SELECT TO paloma_door USING (true)`);
    }
    await db.query(`
      CREATE FUNCTION door_catalogues_with_work(now timestamptz) RETURNS TABLE (tenant_id uuid, catalogue_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.tenant_id, c.catalogue_id FROM catalogues c
         WHERE (c.rest_until IS NULL OR c.rest_until <= now)
           AND (EXISTS (SELECT FROM products p WHERE p.tenant_id = c.tenant_id AND p.catalogue_id = c.catalogue_id
                           AND p.state IN ('changed', 'removing'))
             OR EXISTS (SELECT FROM catalogue_batches b WHERE b.tenant_id = c.tenant_id
                           AND b.catalogue_id = c.catalogue_id AND b.settled_at IS NULL)) $$`);
    await db.query(`CALL paloma_make_door('door_catalogues_with_work(timestamptz)')`);

    await db.query(`
      CREATE TABLE shop_orders (
        tenant_id       uuid NOT NULL REFERENCES tenants,
        order_id        uuid NOT NULL,
        contact_id      uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        meta_message_id text NOT NULL,
        meta_catalog_id text,
        note            text,
        total           numeric(18, 2),
        currency        text,
        at              timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, order_id)
      )`);
    await db.query(`COMMENT ON TABLE shop_orders IS 'Carts that customers sent on WhatsApp'`);
    await db.query(`COMMENT ON COLUMN shop_orders.total IS 'Null where prices are absent or of several currencies'`);
    await db.query(`CALL paloma_protect('shop_orders', 'SELECT', 'INSERT')`);
    await db.query('CREATE INDEX shop_orders_of_contact ON shop_orders (tenant_id, contact_id, order_id)');
    await db.query(`
      CREATE TABLE shop_order_items (
        tenant_id   uuid NOT NULL,
        order_id    uuid NOT NULL,
        nth         integer NOT NULL,
        retailer_id text NOT NULL,
        quantity    integer NOT NULL,
        price       numeric(18, 2),
        currency    text,
        PRIMARY KEY (tenant_id, order_id, nth),
        FOREIGN KEY (tenant_id, order_id) REFERENCES shop_orders
      )`);
    await db.query(`CALL paloma_protect('shop_order_items', 'SELECT', 'INSERT')`);
    await db.query('CREATE INDEX shop_order_items_of_product ON shop_order_items (tenant_id, retailer_id, order_id)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_catalogues_with_work');
    await db.query('DROP TABLE shop_order_items, shop_orders, products, catalogue_batches, catalogues');
  }
}
