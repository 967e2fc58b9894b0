import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The provider's plans by version and who is on which from when; what a tenant is billed as; charges that can be
 * corrected and booked in a later month; months that are closed; and what billing needs of the staff.
 */
export class PlansAndPeriods1795305600025 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Written by the billing app's plans. Plans are the provider's price lists and belong to no tenant.
    await db.query(`
      CREATE TABLE plan_versions (
        plan       text NOT NULL CHECK (plan ~ '^[a-z][a-z0-9_]{0,39}$'),
        version    integer NOT NULL CHECK (version > 0),
        terms      jsonb NOT NULL,
        note       text NOT NULL DEFAULT '',
        made_by    text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (plan, version)
      )`);
    await db.query(
      `COMMENT ON COLUMN plan_versions.terms IS 'As apps/billing/src/plans/terms.ts reads them; amounts are decimal strings'`,
    );
    await db.query('GRANT SELECT, INSERT ON plan_versions TO paloma_tenant');
    await db.query('GRANT SELECT ON plan_versions TO paloma_staff');

    await db.query(`
      CREATE TABLE tenant_plans (
        tenant_id     uuid NOT NULL REFERENCES tenants,
        assignment_id uuid NOT NULL,
        from_day      date NOT NULL,
        plan          text NOT NULL,
        version       integer NOT NULL,
        assigned_by   text NOT NULL,
        assigned_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, assignment_id),
        FOREIGN KEY (plan, version) REFERENCES plan_versions
      )`);
    await db.query(
      `COMMENT ON TABLE tenant_plans IS 'In force: of the rows whose from_day has come the latest, of one day the youngest'`,
    );
    await db.query(`CALL paloma_protect('tenant_plans', 'SELECT', 'INSERT')`);

    await db.query(`
      CREATE TABLE billing_profiles (
        tenant_id    uuid PRIMARY KEY REFERENCES tenants,
        legal_name   text NOT NULL,
        address      text NOT NULL DEFAULT '',
        country      char(2) NOT NULL,
        tax_id       text NOT NULL DEFAULT '',
        is_business  boolean NOT NULL DEFAULT true,
        language     text NOT NULL DEFAULT 'en' CHECK (language IN ('es', 'pt', 'en')),
        timezone     text NOT NULL,
        legal_entity text NOT NULL,
        updated_at   timestamptz NOT NULL
      )`);
    await db.query(
      `COMMENT ON TABLE billing_profiles IS 'Who the invoice is made out to; an issued invoice keeps a copy'`,
    );
    await db.query(
      `COMMENT ON COLUMN billing_profiles.timezone IS 'IANA name; the months of fees are months of this zone'`,
    );
    await db.query(`CALL paloma_protect('billing_profiles', 'SELECT', 'INSERT', 'UPDATE')`);

    // A charge is corrected by two more rows of the message: one that takes it back (odd revision, negative quantity) and
    // the right one (even). A month that is closed takes no charge: one that comes late is booked in the next.
    await db.query('ALTER TABLE charges ADD COLUMN revision smallint NOT NULL DEFAULT 0, ADD COLUMN booked_on date');
    await db.query(
      `COMMENT ON COLUMN charges.revision IS '0 as first rated; odd takes the one before back, even is the corrected one'`,
    );
    await db.query(
      `COMMENT ON COLUMN charges.booked_on IS 'The day it counts for on invoices, where that is not local_day'`,
    );
    await db.query(`
      DO $$ DECLARE name text;
      BEGIN
        FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'charges'::regclass AND contype = 'c'
                       AND pg_get_constraintdef(oid) ~ 'quantity > 0' LOOP
          EXECUTE format('ALTER TABLE charges DROP CONSTRAINT %I', name);
        END LOOP;
      END $$`);
    await db.query(`ALTER TABLE charges ADD CONSTRAINT charges_quantity_sign
                      CHECK (CASE WHEN revision % 2 = 0 THEN quantity > 0 ELSE quantity < 0 END)`);
    await db.query('ALTER TABLE charges DROP CONSTRAINT charges_pkey');
    await db.query('ALTER TABLE charges ADD PRIMARY KEY (tenant_id, message_id, side, revision)');
    await db.query('DROP INDEX charges_by_day');
    await db.query(
      'CREATE INDEX charges_by_booking ON charges (tenant_id, side, (coalesce(booked_on, local_day)), message_id)',
    );

    // Counters of volumes that a plan includes, beside those of Meta's rules.
    await db.query('ALTER TABLE rating_counters DROP CONSTRAINT rating_counters_kind_check');
    await db.query(`ALTER TABLE rating_counters ADD CONSTRAINT rating_counters_kind_check
                      CHECK (kind IN ('allowance', 'volume', 'included'))`);

    // Written by libs/ledger.
    await db.query(`
      CREATE TABLE ledger_periods (
        tenant_id uuid NOT NULL,
        month     char(7) NOT NULL CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
        closed_by text NOT NULL,
        closed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, month)
      )`);
    await db.query(
      `COMMENT ON TABLE ledger_periods IS 'Months that are closed: what is booked in them can be printed again'`,
    );
    await db.query(`CALL paloma_protect('ledger_periods', 'SELECT', 'INSERT')`);
    for (const table of ['plan_versions', 'tenant_plans', 'ledger_periods']) {
      await db.query(
        `CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table} EXECUTE FUNCTION paloma_append_only()`,
      );
    }
    // Who books holds the tenant's books, shared, until the commit; who closes a month holds them alone.
    for (const [table, day] of [
      ['journal_entries', 'n.booked_on'],
      ['charges', 'coalesce(n.booked_on, n.local_day)'],
    ]) {
      await db.query(`
        CREATE FUNCTION paloma_${table}_in_open_month() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_advisory_xact_lock_shared(hashtextextended('books:' || t.tenant_id, 0))
             FROM (SELECT DISTINCT n.tenant_id FROM added n ORDER BY 1) t;
          IF EXISTS (SELECT FROM added n JOIN ledger_periods p ON p.tenant_id = n.tenant_id
                        AND p.month = to_char(${day}, 'YYYY-MM')) THEN
            RAISE EXCEPTION 'the month is closed: book it in an open one' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NULL;
        END $$`);
      await db.query(`
        CREATE TRIGGER in_open_month AFTER INSERT ON ${table} REFERENCING NEW TABLE AS added
          FOR EACH STATEMENT EXECUTE FUNCTION paloma_${table}_in_open_month()`);
    }

    // An entry is checked once, with all postings of a statement, instead of once for each of its rows: the same promise at
    // a fifth of the cost. An entry without postings is still found at the commit, by its own deferred trigger.
    // The same for the entry that a posting names: neither is ever deleted, so looking once is enough.
    await db.query('DROP TRIGGER balanced ON postings');
    await db.query('ALTER TABLE postings DROP CONSTRAINT postings_tenant_id_entry_id_fkey');
    await db.query(`
      CREATE FUNCTION paloma_postings_are_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
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
    await db.query(`
      CREATE TRIGGER balanced AFTER INSERT ON postings REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION paloma_postings_are_balanced()`);
    await db.query(`
      CREATE FUNCTION paloma_entry_has_postings() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NOT EXISTS (SELECT FROM postings p WHERE p.tenant_id = NEW.tenant_id AND p.entry_id = NEW.entry_id) THEN
          RAISE EXCEPTION 'journal entry % is not balanced', NEW.entry_id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await db.query('DROP TRIGGER balanced ON journal_entries');
    await db.query(`
      CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON journal_entries DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION paloma_entry_has_postings()`);

    // Staff use billing's own staff API. Its process is not of the staff's role, so two doors: one member by id, and a new
    // entry in the audit log. Neither shows a password or lets anything be changed.
    await db.query('GRANT SELECT (staff_id, email, role, disabled_at) ON staff_users TO paloma_door');
    await db.query('GRANT INSERT ON audit_log TO paloma_door');
    await db.query(`
      CREATE FUNCTION door_staff_member(id uuid) RETURNS TABLE (staff_id uuid, email text, role text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT s.staff_id, s.email, s.role FROM staff_users s WHERE s.staff_id = id AND s.disabled_at IS NULL $$`);
    await db.query(`CALL paloma_make_door('door_staff_member(uuid)')`);
    await db.query(`
      CREATE FUNCTION door_audit(entry_id uuid, at timestamptz, staff_id uuid, who text, action text, object text,
        tenant_id uuid, before jsonb, after jsonb, reason text, from_address inet, request_id text) RETURNS void
      LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO audit_log (entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason,
                               from_address, request_id)
        VALUES (entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason, from_address, request_id) $$`);
    await db.query(`
      CALL paloma_make_door('door_audit(uuid, timestamptz, uuid, text, text, text, uuid, jsonb, jsonb, text, inet, text)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_audit, door_staff_member');
    await db.query('REVOKE ALL ON staff_users, audit_log FROM paloma_door');
    await db.query('REVOKE SELECT (staff_id, email, role, disabled_at) ON staff_users FROM paloma_door');
    for (const table of ['journal_entries', 'postings']) {
      await db.query(`DROP TRIGGER balanced ON ${table}`);
      await db.query(`
        CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ${table} DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION paloma_entry_is_balanced()`);
    }
    await db.query('DROP FUNCTION paloma_postings_are_balanced, paloma_entry_has_postings');
    await db.query('ALTER TABLE postings ADD FOREIGN KEY (tenant_id, entry_id) REFERENCES journal_entries');
    for (const table of ['journal_entries', 'charges']) {
      await db.query(`DROP TRIGGER in_open_month ON ${table}`);
      await db.query(`DROP FUNCTION paloma_${table}_in_open_month`);
    }
    await db.query('DROP TABLE ledger_periods, billing_profiles, tenant_plans, plan_versions');
    await db.query('DROP INDEX charges_by_booking');
    await db.query('CREATE INDEX charges_by_day ON charges (tenant_id, side, local_day, message_id)');
    await db.query('ALTER TABLE charges DROP CONSTRAINT charges_pkey, DROP CONSTRAINT charges_quantity_sign');
    await db.query('ALTER TABLE charges DROP COLUMN revision, DROP COLUMN booked_on, ADD CHECK (quantity > 0)');
    await db.query('ALTER TABLE charges ADD PRIMARY KEY (tenant_id, message_id, side)');
  }
}
