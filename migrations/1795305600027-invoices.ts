import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who issues invoices, with their gapless numbers, and what was issued. Written by the billing app's invoices. */
export class Invoices1795305600027 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE legal_entities (
        entity           text PRIMARY KEY CHECK (entity ~ '^[a-z][a-z0-9_]{0,39}$'),
        name             text NOT NULL,
        address          text NOT NULL,
        country          char(2) NOT NULL,
        tax_id           text NOT NULL,
        contact          text NOT NULL DEFAULT '',
        payment_details  text NOT NULL DEFAULT '',
        taxes            json NOT NULL DEFAULT '[]',
        invoice_prefix   text NOT NULL,
        credit_prefix    text NOT NULL,
        last_invoice     integer NOT NULL DEFAULT 0,
        last_credit_note integer NOT NULL DEFAULT 0,
        updated_at       timestamptz NOT NULL,
        CHECK (invoice_prefix <> credit_prefix)
      )`);
    await db.query(
      `COMMENT ON COLUMN legal_entities.taxes IS 'Country, name, percent and first day of each tax it charges'`,
    );
    await db.query(
      `COMMENT ON COLUMN legal_entities.last_invoice IS 'Counted up in the transaction that issues, so no number is skipped'`,
    );
    await db.query('GRANT SELECT, INSERT, UPDATE ON legal_entities TO paloma_tenant');
    await db.query('GRANT SELECT ON legal_entities TO paloma_staff');

    await db.query(`
      CREATE TABLE invoices (
        tenant_id   uuid NOT NULL REFERENCES tenants,
        invoice_id  uuid NOT NULL,
        kind        text NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
        number      text NOT NULL,
        month       char(7) NOT NULL,
        currency    char(3) NOT NULL,
        net         numeric NOT NULL,
        tax         numeric NOT NULL,
        total       numeric NOT NULL,
        header      json NOT NULL,
        digest      char(64) NOT NULL,
        credits     uuid,
        issued_by   text NOT NULL,
        issued_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, invoice_id),
        FOREIGN KEY (tenant_id, credits) REFERENCES invoices,
        CHECK (total = net + tax),
        CHECK ((kind = 'credit_note') = (credits IS NOT NULL))
      )`);
    await db.query(`
      COMMENT ON COLUMN invoices.header IS
        'All that the ledger does not keep: parties, tax, fees, totals, as they were. Lines of messages are read from charges'`);
    await db.query(
      `COMMENT ON COLUMN invoices.digest IS 'SHA-256 of the document as JSON: printed again it must be the same'`,
    );
    await db.query(
      `CREATE UNIQUE INDEX invoices_of_month ON invoices (tenant_id, month, currency) WHERE kind = 'invoice'`,
    );
    await db.query(`CALL paloma_protect('invoices', 'SELECT', 'INSERT')`);
    await db.query(
      'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoices EXECUTE FUNCTION paloma_append_only()',
    );

    await db.query('GRANT SELECT ON billing_profiles TO paloma_door');
    await db.query('CREATE POLICY door_reads ON billing_profiles FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_tenants_to_invoice() RETURNS SETOF uuid
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT p.tenant_id FROM billing_profiles p ORDER BY p.tenant_id $$`);
    await db.query(`CALL paloma_make_door('door_tenants_to_invoice()')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_tenants_to_invoice');
    await db.query('DROP POLICY door_reads ON billing_profiles');
    await db.query('DROP TABLE invoices, legal_entities');
  }
}
