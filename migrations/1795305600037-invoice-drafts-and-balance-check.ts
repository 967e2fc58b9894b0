import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Drafts of invoices that the worker makes when a month is over; and the check of the books by what is added alone. */
export class InvoiceDraftsAndBalanceCheck1795305600037 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE billing_profiles ADD COLUMN issue_after_days smallint CHECK (issue_after_days BETWEEN 0 AND 27)`);
    await db.query(`
      COMMENT ON COLUMN billing_profiles.issue_after_days IS
        'Days after the end of a month on which its invoices are issued without being asked; null: staff issue them'`);

    // Written by the billing app's invoices.
    await db.query(`
      CREATE TABLE invoice_drafts (
        tenant_id uuid NOT NULL REFERENCES tenants,
        month     char(7) NOT NULL CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
        sums      jsonb NOT NULL,
        waits_for text,
        made_at   timestamptz NOT NULL,
        seen_at   timestamptz NOT NULL,
        issued_at timestamptz,
        PRIMARY KEY (tenant_id, month)
      )`);
    await db.query(
      `COMMENT ON TABLE invoice_drafts IS 'Months that are over and await their invoices; the key makes each once'`,
    );
    await db.query(
      `COMMENT ON COLUMN invoice_drafts.sums IS 'Net, tax and total by currency, as they stood at seen_at; decimal strings'`,
    );
    await db.query(`COMMENT ON COLUMN invoice_drafts.waits_for IS 'Why it cannot be issued yet; null: it can'`);
    await db.query(`CALL paloma_protect('invoice_drafts', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query('GRANT SELECT ON invoice_drafts TO paloma_door');
    await db.query('CREATE POLICY door_reads ON invoice_drafts FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_invoice_drafts(of_month text, after uuid, at_most integer) RETURNS SETOF invoice_drafts
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT d.* FROM invoice_drafts d
         WHERE d.month = of_month AND (after IS NULL OR d.tenant_id > after) ORDER BY d.tenant_id LIMIT at_most $$`);
    await db.query(`CALL paloma_make_door('door_invoice_drafts(text, uuid, integer)')`);

    // Each statement must add postings that balance within it, entry by entry, so every entry balances at every moment: a
    // look at what is added is enough. Reading the table again joined it with what was added, and on a table that had not
    // been analyzed yet the planner read all of it each time (13 of 15 seconds of rating 10,000 messages, 2026-11-22).
    // OFFSET 0 keeps the question for the entry a look by key for each, for the same reason.
    await db.query(`
      CREATE OR REPLACE FUNCTION paloma_postings_are_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE wrong uuid;
      BEGIN
        SELECT a.entry_id INTO wrong FROM (SELECT DISTINCT tenant_id, entry_id FROM added) a
         WHERE NOT EXISTS (SELECT FROM journal_entries e
                            WHERE e.tenant_id = a.tenant_id AND e.entry_id = a.entry_id OFFSET 0) LIMIT 1;
        IF wrong IS NOT NULL THEN
          RAISE EXCEPTION 'there is no journal entry %', wrong USING ERRCODE = 'foreign_key_violation';
        END IF;
        SELECT a.entry_id INTO wrong FROM added a
         GROUP BY a.tenant_id, a.entry_id, a.currency HAVING sum(a.amount) <> 0 LIMIT 1;
        IF wrong IS NOT NULL THEN
          RAISE EXCEPTION 'journal entry % is not balanced', wrong USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE OR REPLACE FUNCTION paloma_postings_are_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE wrong uuid;
      BEGIN
        SELECT a.entry_id INTO wrong FROM added a
         WHERE NOT EXISTS (SELECT FROM journal_entries e WHERE e.tenant_id = a.tenant_id AND e.entry_id = a.entry_id) LIMIT 1;
        IF wrong IS NOT NULL THEN
          RAISE EXCEPTION 'there is no journal entry %', wrong USING ERRCODE = 'foreign_key_violation';
        END IF;
        SELECT p.entry_id INTO wrong FROM postings p
         WHERE (p.tenant_id, p.entry_id) IN (SELECT DISTINCT a.tenant_id, a.entry_id FROM added a)
         GROUP BY p.tenant_id, p.entry_id, p.currency HAVING sum(p.amount) <> 0 LIMIT 1;
        IF wrong IS NOT NULL THEN
          RAISE EXCEPTION 'journal entry % is not balanced', wrong USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await db.query('DROP FUNCTION door_invoice_drafts');
    await db.query('DROP TABLE invoice_drafts');
    await db.query('ALTER TABLE billing_profiles DROP COLUMN issue_after_days');
  }
}
