import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a signup hears from Meta after it was begun, what we know of a number's way to the Cloud API, and how far Meta has
 * reviewed an account. Columns of wabas and phone_numbers are written by libs/wabas, the new tables by the onboarding app.
 */
export class NumbersAndReviews1795305600032 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE signups DROP CONSTRAINT signups_kind_check, DROP CONSTRAINT signups_state_check');
    await db.query(`
      ALTER TABLE signups
        ADD CONSTRAINT signups_kind_check CHECK (kind IN ('embedded', 'classic')),
        ADD CONSTRAINT signups_state_check CHECK (state IN
          ('waiting-for-merchant', 'working', 'waiting-for-meta', 'failed', 'live', 'cancelled', 'disconnected'))`);

    await db.query(`
      CREATE TABLE signup_news (
        tenant_id uuid NOT NULL,
        event_id  uuid NOT NULL,
        signup_id uuid,
        told      text NOT NULL,
        at        timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, event_id),
        FOREIGN KEY (tenant_id, signup_id) REFERENCES signups
      )`);
    await db.query(
      `COMMENT ON TABLE signup_news IS 'Account webhooks of Meta that the onboarding app has taken note of, with the signup they belong to'`,
    );
    await db.query('CREATE INDEX signup_news_of ON signup_news (tenant_id, signup_id)');
    await db.query(`CALL paloma_protect('signup_news', 'SELECT', 'INSERT')`);

    // Account webhooks are a few among millions of message events.
    await db.query(`
      CREATE INDEX tenant_events_of_accounts ON tenant_events (event_id)
       WHERE kind IN ('account_update', 'account_review_update', 'account_alerts', 'phone_number_name_update', 'security')`);
    await db.query('GRANT SELECT ON tenant_events, signup_news TO paloma_door');
    for (const table of ['tenant_events', 'signup_news']) {
      await db.query(`
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = '${table}' AND policyname = 'door_reads') THEN
            CREATE POLICY door_reads ON ${table} FOR SELECT TO paloma_door USING (true);
          END IF;
        END $$`);
    }
    // Ids of events carry Meta's time, which may be late by days: what is not noted yet is news, however old its id.
    await db.query(`
      CREATE FUNCTION door_account_news(since uuid) RETURNS TABLE (tenant_id uuid, event_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT e.tenant_id, e.event_id FROM tenant_events e
         WHERE e.event_id > since
           AND e.kind IN ('account_update', 'account_review_update', 'account_alerts', 'phone_number_name_update', 'security')
           AND NOT EXISTS (SELECT FROM signup_news n WHERE n.tenant_id = e.tenant_id AND n.event_id = e.event_id)
         ORDER BY e.event_id LIMIT 200 $$`);
    await db.query(`CALL paloma_make_door('door_account_news(uuid)')`);

    await db.query(`
      ALTER TABLE wabas
        ADD review_status       text,
        ADD verification_status text,
        ADD funding             text CHECK (funding IN ('credit-line', 'own')),
        ADD disconnected_at     timestamptz,
        ADD looked_at           timestamptz`);
    await db.query(`COMMENT ON COLUMN wabas.review_status IS 'As Meta names it: PENDING, APPROVED, REJECTED, ...'`);
    await db.query(
      `COMMENT ON COLUMN wabas.verification_status IS 'Of the business, as Meta names it, in small letters: verified, not_verified, ...'`,
    );
    await db.query(`COMMENT ON COLUMN wabas.disconnected_at IS 'Since when Meta no longer lets us act for it'`);
    await db.query(`COMMENT ON COLUMN wabas.looked_at IS 'When reviews were last asked for'`);
    await db.query(`
      ALTER TABLE phone_numbers
        ADD name_status      text,
        ADD new_display_name text,
        ADD new_name_status  text,
        ADD code_status      text,
        ADD official         boolean NOT NULL DEFAULT false,
        ADD data_region      char(2)`);
    await db.query(
      `COMMENT ON COLUMN phone_numbers.name_status IS 'As Meta names it: APPROVED, PENDING_REVIEW, DECLINED, ...'`,
    );
    await db.query(
      `COMMENT ON COLUMN phone_numbers.new_display_name IS 'Asked for; it shows once it is approved and the number is registered again'`,
    );
    await db.query(
      `COMMENT ON COLUMN phone_numbers.code_status IS 'As Meta names it: VERIFIED, NOT_VERIFIED, EXPIRED'`,
    );
    await db.query(`COMMENT ON COLUMN phone_numbers.official IS 'An official business account'`);
    await db.query(
      `COMMENT ON COLUMN phone_numbers.data_region IS 'Where Meta keeps its data at rest; null for everywhere'`,
    );
    await db.query('ALTER TABLE account_events DROP CONSTRAINT account_events_topic_check');
    await db.query(`
      ALTER TABLE account_events ADD CONSTRAINT account_events_topic_check
        CHECK (topic IN ('ban', 'restriction', 'violation', 'name', 'quality', 'review', 'verification', 'official', 'partner'))`);

    await db.query(`
      CREATE TABLE number_care (
        tenant_id       uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        state           text NOT NULL CHECK (state IN
          ('added', 'code-sent', 'verified', 'live', 'off', 'coexisting', 'moved-away', 'released')),
        migrates        boolean NOT NULL DEFAULT false,
        codes_asked     timestamptz[] NOT NULL DEFAULT '{}',
        wrong_codes     smallint NOT NULL DEFAULT 0,
        registrations   timestamptz[] NOT NULL DEFAULT '{}',
        wait_until      timestamptz,
        wait_for        text,
        updated_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, phone_number_id),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(
      `COMMENT ON COLUMN number_care.registrations IS 'Calls of register and deregister: Meta takes ten in 72 h'`,
    );
    await db.query(`COMMENT ON COLUMN number_care.migrates IS 'It is being brought here from another provider'`);
    await db.query(`COMMENT ON COLUMN number_care.wait_until IS 'Meta wants no such call before (wait_for names it)'`);
    await db.query(`CALL paloma_protect('number_care', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE business_profiles (
        tenant_id       uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        profile         jsonb NOT NULL,
        seen_at         timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, phone_number_id),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(`COMMENT ON TABLE business_profiles IS 'What customers see of a business, as Meta last showed it'`);
    await db.query(`CALL paloma_protect('business_profiles', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE FUNCTION door_accounts_to_look_at(before timestamptz) RETURNS TABLE (tenant_id uuid, waba_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT w.tenant_id, w.waba_id FROM wabas w
         WHERE w.sealed_token IS NOT NULL AND (w.looked_at IS NULL OR w.looked_at < before)
         ORDER BY w.looked_at NULLS FIRST LIMIT 100 $$`);
    await db.query(`CALL paloma_make_door('door_accounts_to_look_at(timestamptz)')`);

    // By digits, because another tenant's id of the number is not known to who asks.
    await db.query(`
      CREATE INDEX phone_numbers_by_digits ON phone_numbers ((regexp_replace(display_phone_number, '[^0-9]', '', 'g')))`);
    await db.query(`
      CREATE FUNCTION door_number_taken(asking uuid, digits text) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT FROM phone_numbers n
                        WHERE regexp_replace(n.display_phone_number, '[^0-9]', '', 'g') = digits
                          AND n.tenant_id <> asking AND n.status NOT IN ('DELETED', 'MIGRATED')) $$`);
    await db.query(`CALL paloma_make_door('door_number_taken(uuid, text)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_number_taken, door_accounts_to_look_at, door_account_news');
    await db.query('DROP TABLE business_profiles, number_care, signup_news');
    await db.query('DROP INDEX tenant_events_of_accounts, phone_numbers_by_digits');
    await db.query(`
      ALTER TABLE phone_numbers DROP name_status, DROP new_display_name, DROP new_name_status, DROP code_status,
        DROP official, DROP data_region`);
    await db.query(`
      ALTER TABLE wabas DROP review_status, DROP verification_status, DROP funding, DROP disconnected_at, DROP looked_at`);
  }
}
