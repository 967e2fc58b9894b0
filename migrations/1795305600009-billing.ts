import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The rate book (Meta's price lists, for all tenants), charges with their counters, and the ledger they are posted to. */
export class Billing1795305600009 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION paloma_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only: correct it with a new row', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
      END $$`);

    // Written by the billing app's rate-card. Prices of Meta belong to no tenant.
    await db.query(`
      CREATE TABLE rates (
        card_date  date NOT NULL,
        currency   char(3) NOT NULL,
        market     text NOT NULL,
        category   text NOT NULL,
        price      numeric NOT NULL CHECK (price >= 0),
        unit       text NOT NULL CHECK (unit IN ('conversation', 'message')),
        provenance text NOT NULL,
        source     text NOT NULL,
        note       text NOT NULL DEFAULT '',
        PRIMARY KEY (card_date, currency, market, category)
      )`);
    await db.query(`COMMENT ON COLUMN rates.card_date IS 'In force from 00:00 of this day in the WABA''s time zone'`);
    await db.query('GRANT SELECT, INSERT ON rates TO paloma_tenant');
    await db.query('GRANT SELECT ON rates TO paloma_staff');
    await db.query(
      'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rates EXECUTE FUNCTION paloma_append_only()',
    );

    // Written by libs/ledger. Meta's cost and the tenant's price of a message are two rows.
    await db.query(`
      CREATE TABLE charges (
        tenant_id     uuid NOT NULL,
        message_id    uuid NOT NULL,
        side          text NOT NULL CHECK (side IN ('cost', 'price')),
        waba_id       uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        market        text,
        category      text NOT NULL,
        quantity      integer NOT NULL CHECK (quantity > 0),
        unit_price    numeric NOT NULL CHECK (unit_price >= 0),
        amount        numeric NOT NULL,
        currency      char(3) NOT NULL,
        rule          text NOT NULL,
        free_reason   text,
        plan          text,
        card_date     date,
        card_currency char(3),
        tier          smallint,
        billed_at     timestamptz NOT NULL,
        local_day     date NOT NULL,
        PRIMARY KEY (tenant_id, message_id, side),
        CHECK (amount = unit_price * quantity),
        CHECK (num_nonnulls(card_date, free_reason) = 1),
        CHECK (card_date IS NULL OR num_nulls(card_currency, tier, market) = 0),
        CHECK (free_reason IS NULL OR side = 'price' OR amount = 0),
        CHECK ((side = 'price') = (plan IS NOT NULL))
      ) PARTITION BY RANGE (message_id)`);
    await db.query(`COMMENT ON COLUMN charges.rule IS 'The rule that decided, e.g. pmp/regular or pmp/service_window'`);
    await db.query(`COMMENT ON COLUMN charges.free_reason IS 'Why Meta asks nothing; no rate row is named then'`);
    await db.query(`COMMENT ON COLUMN charges.plan IS 'Plan and version that made the price of the cost'`);
    await db.query(
      `COMMENT ON COLUMN charges.card_date IS 'The rate row of Meta''s cost is (card_date, card_currency, market, category)'`,
    );
    await db.query(`COMMENT ON COLUMN charges.tier IS 'Step of the volume tiers; 0 is the list price'`);
    await db.query(`COMMENT ON COLUMN charges.local_day IS 'Day of the billing moment in the WABA''s time zone'`);
    await db.query('CREATE INDEX charges_by_day ON charges (tenant_id, side, local_day, message_id)');
    await db.query(`CALL paloma_protect('charges', 'SELECT', 'INSERT')`);
    await db.query(`CALL paloma_partition('charges')`);
    await db.query(
      'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON charges FOR EACH ROW EXECUTE FUNCTION paloma_append_only()',
    );
    await db.query('CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON charges EXECUTE FUNCTION paloma_append_only()');

    // Written by the billing app's metering, in the transaction that writes the charges.
    await db.query(`
      CREATE TABLE rating_counters (
        tenant_id uuid NOT NULL,
        month     char(7) NOT NULL,
        kind      text NOT NULL CHECK (kind IN ('allowance', 'volume')),
        subject   uuid NOT NULL,
        market    text NOT NULL DEFAULT '',
        category  text NOT NULL DEFAULT '',
        used      bigint NOT NULL CHECK (used >= 0),
        PRIMARY KEY (tenant_id, month, kind, subject, market, category)
      )`);
    await db.query(
      `COMMENT ON COLUMN rating_counters.subject IS 'Number of an allowance of service messages, portfolio of a volume'`,
    );
    await db.query(`COMMENT ON COLUMN rating_counters.month IS 'YYYY-MM in the WABA''s time zone'`);
    await db.query(`CALL paloma_protect('rating_counters', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE journal_entries (
        tenant_id  uuid NOT NULL,
        entry_id   uuid NOT NULL,
        message_id uuid,
        kind       text NOT NULL,
        booked_on  date NOT NULL,
        posted_at  timestamptz NOT NULL,
        reverses   uuid,
        memo       text NOT NULL DEFAULT '',
        PRIMARY KEY (tenant_id, entry_id),
        UNIQUE (tenant_id, reverses),
        FOREIGN KEY (tenant_id, reverses) REFERENCES journal_entries,
        CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
      )`);
    await db.query(
      `COMMENT ON COLUMN journal_entries.booked_on IS 'The day it counts for, in the time zone of the WABA it is about'`,
    );
    await db.query(`CALL paloma_protect('journal_entries', 'SELECT', 'INSERT')`);
    await db.query(`
      CREATE TABLE postings (
        tenant_id uuid NOT NULL,
        entry_id  uuid NOT NULL,
        line      smallint NOT NULL,
        account   text NOT NULL,
        amount    numeric NOT NULL CHECK (amount <> 0),
        currency  char(3) NOT NULL,
        PRIMARY KEY (tenant_id, entry_id, line),
        FOREIGN KEY (tenant_id, entry_id) REFERENCES journal_entries
      )`);
    await db.query(
      `COMMENT ON COLUMN postings.amount IS 'Debit positive, credit negative; an entry adds up to zero per currency'`,
    );
    await db.query('CREATE INDEX postings_by_account ON postings (tenant_id, account)');
    await db.query(`CALL paloma_protect('postings', 'SELECT', 'INSERT')`);
    for (const table of ['journal_entries', 'postings']) {
      await db.query(
        `CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table} EXECUTE FUNCTION paloma_append_only()`,
      );
    }
    await db.query(`
      CREATE FUNCTION paloma_entry_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NOT EXISTS (SELECT FROM postings p WHERE p.tenant_id = NEW.tenant_id AND p.entry_id = NEW.entry_id)
           OR EXISTS (SELECT FROM postings p WHERE p.tenant_id = NEW.tenant_id AND p.entry_id = NEW.entry_id
                       GROUP BY p.currency HAVING sum(p.amount) <> 0) THEN
          RAISE EXCEPTION 'journal entry % is not balanced', NEW.entry_id USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    for (const table of ['journal_entries', 'postings']) {
      await db.query(`
        CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ${table} DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION paloma_entry_is_balanced()`);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE postings, journal_entries, rating_counters, charges, rates');
    await db.query('DROP FUNCTION paloma_entry_is_balanced, paloma_append_only');
  }
}
