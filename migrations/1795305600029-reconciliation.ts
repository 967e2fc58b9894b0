import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What Meta says was used: analytics day by day, and its invoices at the end of the month. */
export class Reconciliation1795305600029 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Written by the billing app's reconciliation.
    await db.query(`
      CREATE TABLE meta_usage (
        tenant_id uuid NOT NULL,
        waba_id   uuid NOT NULL,
        source    text NOT NULL CHECK (source IN ('analytics', 'invoice')),
        day       date NOT NULL,
        number    text NOT NULL,
        market    text NOT NULL,
        category  text NOT NULL,
        charged   boolean NOT NULL,
        volume    bigint NOT NULL,
        cost      numeric,
        told_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, waba_id, source, day, number, market, category, charged),
        FOREIGN KEY (tenant_id, waba_id) REFERENCES wabas
      )`);
    await db.query(
      `COMMENT ON COLUMN meta_usage.day IS 'In the time zone of the WABA; of an invoice the first of its month'`,
    );
    await db.query(
      `COMMENT ON COLUMN meta_usage.number IS 'Digits of the business number; empty where Meta does not tell it apart'`,
    );
    await db.query(
      `COMMENT ON COLUMN meta_usage.cost IS 'Null where Meta hides it: businesses that are billed through a partner'`,
    );
    await db.query(`CALL paloma_protect('meta_usage', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE meta_usage');
  }
}
