import type { MigrationInterface, QueryRunner } from 'typeorm';

const FACTS = `tenant_id, phone_number_id, paloma_day_of(message_id), paloma_market_prefix(recipient),
  lower(coalesce(category, 'service')), status, paloma_failure_cause(status, meta_error)`;
const INTO_NEWS =
  'INSERT INTO message_news (tenant_id, phone_number_id, day, prefix, category, status, cause, messages)';

/**
 * Traffic and money by tenant, number, day, market and category, so that no request has to count messages.
 *
 * What changes about messages and charges is noted as a difference, in the transaction that changes it, by triggers; the
 * admin worker adds the differences up and takes them away in one transaction. So each counts exactly once, whoever dies
 * when, and no row is waited for by those who send. The sums always equal what counting the messages would say.
 */
export class TrafficRollups1795305600044 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION paloma_day_of(id uuid) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC')::date`);
    await db.query(`COMMENT ON FUNCTION paloma_day_of IS 'The day in UTC of the instant that a UUIDv7 carries'`);

    // In zone 1 the area code tells the market, in zone 7 the digit after it, elsewhere the calling code, which has three
    // digits at most (Meta's country list of 2026-07, libs/markets). An id of a user begins with its country.
    await db.query(`
      CREATE FUNCTION paloma_market_prefix(recipient text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN left(recipient, CASE left(recipient, 1) WHEN '1' THEN 4 WHEN '7' THEN 2 ELSE 3 END)`);
    await db.query(`COMMENT ON FUNCTION paloma_market_prefix IS 'As much of a recipient as tells its market'`);
    await db.query(`
      CREATE FUNCTION paloma_failure_cause(status text, error jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN CASE status WHEN 'failed' THEN coalesce(error ->> 'code', 'unknown') ELSE '' END`);

    // Written by the triggers below, emptied by the admin app's analytics. As small as what has not been added up yet.
    await db.query(`
      CREATE TABLE message_news (
        tenant_id       uuid NOT NULL,
        news_id         bigint GENERATED ALWAYS AS IDENTITY,
        phone_number_id uuid NOT NULL,
        day             date NOT NULL,
        prefix          text NOT NULL,
        category        text NOT NULL,
        status          text NOT NULL,
        cause           text NOT NULL,
        messages        bigint NOT NULL,
        PRIMARY KEY (tenant_id, news_id)
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`);
    await db.query(`COMMENT ON COLUMN message_news.messages IS 'So many more stand there; less, where negative'`);
    await db.query(`COMMENT ON COLUMN message_news.prefix IS 'As much of the recipient as tells the market'`);
    await db.query(`
      CREATE TABLE charge_news (
        tenant_id       uuid NOT NULL,
        news_id         bigint GENERATED ALWAYS AS IDENTITY,
        phone_number_id uuid NOT NULL,
        day             date NOT NULL,
        market          text NOT NULL,
        category        text NOT NULL,
        currency        char(3) NOT NULL,
        cost            numeric NOT NULL,
        price           numeric NOT NULL,
        PRIMARY KEY (tenant_id, news_id)
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`);

    // Written by the admin app's analytics.
    await db.query(`
      CREATE TABLE traffic_days (
        tenant_id       uuid NOT NULL,
        day             date NOT NULL,
        phone_number_id uuid NOT NULL,
        market          text NOT NULL,
        category        text NOT NULL,
        status          text NOT NULL,
        cause           text NOT NULL,
        messages        bigint NOT NULL,
        PRIMARY KEY (tenant_id, day, phone_number_id, market, category, status, cause)
      )`);
    await db.query(`COMMENT ON TABLE traffic_days IS 'Where the messages that were accepted on a day stand now'`);
    await db.query(`COMMENT ON COLUMN traffic_days.day IS 'Of acceptance, in UTC'`);
    await db.query(`COMMENT ON COLUMN traffic_days.cause IS 'Of failed ones the code, of Meta or ours; else empty'`);
    await db.query('CREATE INDEX traffic_days_by_day ON traffic_days (day)');
    await db.query(`
      CREATE TABLE spend_days (
        tenant_id       uuid NOT NULL,
        day             date NOT NULL,
        phone_number_id uuid NOT NULL,
        market          text NOT NULL,
        category        text NOT NULL,
        currency        char(3) NOT NULL,
        cost            numeric NOT NULL,
        price           numeric NOT NULL,
        PRIMARY KEY (tenant_id, day, phone_number_id, market, category, currency)
      )`);
    await db.query(
      `COMMENT ON TABLE spend_days IS 'What Meta asks (cost) and the tenant is asked (price) for messages accepted on a day'`,
    );
    await db.query('CREATE INDEX spend_days_by_day ON spend_days (day)');
    for (const table of ['message_news', 'charge_news']) {
      await db.query(`CALL paloma_protect('${table}', 'SELECT')`);
      await db.query(`GRANT DELETE ON ${table} TO paloma_staff`);
      await db.query(`GRANT INSERT ON ${table} TO paloma_door`);
      await db.query(`CREATE POLICY door_notes ON ${table} FOR INSERT TO paloma_door WITH CHECK (true)`);
    }
    for (const table of ['traffic_days', 'spend_days']) {
      await db.query(`CALL paloma_protect('${table}', 'SELECT')`);
      await db.query(`GRANT INSERT, UPDATE, DELETE ON ${table} TO paloma_staff`);
    }

    // One pass over the rows of a statement; no join of old with new, which would cost more than the counting.
    await db.query(`
      CREATE FUNCTION door_note_new_messages() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $$
      BEGIN
        ${INTO_NEWS}
        SELECT ${FACTS}, count(*) FROM added GROUP BY 1, 2, 3, 4, 5, 6, 7;
        RETURN NULL;
      END $$`);
    await db.query(`
      CREATE FUNCTION door_note_moved_messages() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $$
      BEGIN
        ${INTO_NEWS}
        SELECT tenant_id, number, day, prefix, category, status, cause, sum(n) FROM (
          SELECT ${FACTS}, 1 FROM now_so UNION ALL SELECT ${FACTS}, -1 FROM were_so)
            AS m(tenant_id, number, day, prefix, category, status, cause, n)
         GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0;
        RETURN NULL;
      END $$`);
    await db.query(`
      CREATE FUNCTION door_note_charges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $$
      BEGIN
        INSERT INTO charge_news (tenant_id, phone_number_id, day, market, category, currency, cost, price)
        SELECT tenant_id, phone_number_id, paloma_day_of(message_id), coalesce(market, 'Other'), category, currency,
               coalesce(sum(amount) FILTER (WHERE side = 'cost'), 0), coalesce(sum(amount) FILTER (WHERE side = 'price'), 0)
          FROM added GROUP BY 1, 2, 3, 4, 5, 6;
        RETURN NULL;
      END $$`);
    for (const door of ['door_note_new_messages()', 'door_note_moved_messages()', 'door_note_charges()']) {
      await db.query(`CALL paloma_make_door('${door}')`);
    }
    await db.query(`
      CREATE TRIGGER noted_when_new AFTER INSERT ON messages REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION door_note_new_messages()`);
    await db.query(`
      CREATE TRIGGER noted_when_moved AFTER UPDATE ON messages REFERENCING OLD TABLE AS were_so NEW TABLE AS now_so
        FOR EACH STATEMENT EXECUTE FUNCTION door_note_moved_messages()`);
    await db.query(`
      CREATE TRIGGER noted AFTER INSERT ON charges REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION door_note_charges()`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TRIGGER noted ON charges');
    await db.query('DROP TRIGGER noted_when_moved ON messages');
    await db.query('DROP TRIGGER noted_when_new ON messages');
    await db.query('DROP FUNCTION door_note_charges, door_note_moved_messages, door_note_new_messages');
    await db.query('DROP TABLE spend_days, traffic_days, charge_news, message_news');
    await db.query('DROP FUNCTION paloma_failure_cause, paloma_market_prefix, paloma_day_of');
  }
}
