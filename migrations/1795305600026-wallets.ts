import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROWS = `unnest(tenant_ids, message_ids, phone_number_ids, recipients, types, categories, template_ids, payloads,
                    client_datas, lanes, in_windows, accepted_ats, not_befores, expires_ats, keys, fingerprints, answers,
                    keys_until, holds) WITH ORDINALITY
          AS m(tenant_id, message_id, phone_number_id, recipient, type, category, template_id, payload, client_data, lane,
               in_window, accepted_at, not_before, expires_at, key, fingerprint, answer, key_until, hold, nth)`;
const SIGNATURE = `uuid[], uuid[], uuid[], text[], text[], text[], uuid[], text[], text[], smallint[], boolean[],
  timestamptz[], timestamptz[], timestamptz[], text[], bytea[], text[], timestamptz[], numeric[]`;

/** Prepaid or credit: what a tenant may spend, what is held for messages on their way, and how money comes in. */
export class Wallets1795305600026 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Written by libs/wallet, and by door_accept_messages_held, which holds in the statement that stores the messages.
    await db.query(`
      CREATE TABLE wallets (
        tenant_id         uuid PRIMARY KEY REFERENCES tenants,
        currency          char(3) NOT NULL,
        credit_limit      numeric NOT NULL DEFAULT 0 CHECK (credit_limit >= 0),
        balance           numeric NOT NULL DEFAULT 0,
        held              numeric NOT NULL DEFAULT 0 CHECK (held >= 0),
        marketing_reserve numeric NOT NULL DEFAULT 0 CHECK (marketing_reserve >= 0),
        utility_reserve   numeric NOT NULL DEFAULT 0 CHECK (utility_reserve >= 0),
        alert_levels      numeric[] NOT NULL DEFAULT '{0}',
        created_at        timestamptz NOT NULL
      )`);
    await db.query(
      `COMMENT ON COLUMN wallets.balance IS 'What the account wallet of the ledger says; captured charges are off it'`,
    );
    await db.query(
      `COMMENT ON COLUMN wallets.held IS 'The sum of wallet_holds; balance - held + credit_limit may be spent'`,
    );
    await db.query(
      `COMMENT ON COLUMN wallets.marketing_reserve IS 'Marketing leaves at least this much for others; utility its own reserve'`,
    );
    await db.query(`CALL paloma_protect('wallets', 'SELECT', 'INSERT', 'UPDATE')`);
    // A hold comes and goes with its message, so the table is as large as what is on its way.
    await db.query(`
      CREATE TABLE wallet_holds (
        tenant_id  uuid NOT NULL,
        message_id uuid NOT NULL,
        amount     numeric NOT NULL CHECK (amount > 0),
        ended      boolean NOT NULL DEFAULT false,
        PRIMARY KEY (tenant_id, message_id)
      ) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05)`);
    await db.query(
      `COMMENT ON COLUMN wallet_holds.ended IS 'The message will not be delivered; billing gives the amount back'`,
    );
    await db.query('CREATE INDEX wallet_holds_ended ON wallet_holds (tenant_id) WHERE ended');
    await db.query(`CALL paloma_protect('wallet_holds', 'SELECT', 'UPDATE', 'DELETE')`);
    await db.query(`
      CREATE TABLE wallet_estimates (
        tenant_id uuid NOT NULL,
        waba_id   uuid NOT NULL,
        prices    jsonb NOT NULL,
        made_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, waba_id)
      )`);
    await db.query(
      `COMMENT ON TABLE wallet_estimates IS 'What is held for a message: price by category and market, as of today'`,
    );
    await db.query(`CALL paloma_protect('wallet_estimates', 'SELECT', 'INSERT', 'UPDATE')`);

    // Written by the billing app's wallet.
    await db.query(`
      CREATE TABLE wallet_topups (
        tenant_id  uuid NOT NULL,
        topup_id   uuid NOT NULL,
        provider   text NOT NULL CHECK (provider IN ('stripe', 'bank')),
        reference  text,
        amount     numeric NOT NULL CHECK (amount <> 0),
        currency   char(3) NOT NULL,
        status     text NOT NULL CHECK (status IN ('pending', 'paid', 'failed')),
        url        text,
        made_by    text NOT NULL,
        created_at timestamptz NOT NULL,
        settled_at timestamptz,
        PRIMARY KEY (tenant_id, topup_id),
        UNIQUE (tenant_id, provider, reference)
      )`);
    await db.query(
      `COMMENT ON COLUMN wallet_topups.reference IS 'The payment at the provider, or on the bank statement'`,
    );
    await db.query(`CALL paloma_protect('wallet_topups', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query('GRANT SELECT, UPDATE ON wallets TO paloma_door');
    await db.query('CREATE POLICY door_holds ON wallets TO paloma_door USING (true) WITH CHECK (true)');
    await db.query('GRANT SELECT, INSERT, UPDATE ON wallet_holds TO paloma_door');
    await db.query('CREATE POLICY door_holds ON wallet_holds TO paloma_door USING (true) WITH CHECK (true)');

    // Group commit of messages that cost their tenants money. Wallets are locked first and in order, so two batches never
    // wait for each other in a circle. A message that the wallet does not cover is not stored, nor is its key kept, and it
    // refuses none behind it that is cheaper or may go deeper.
    await db.query(`
      CREATE FUNCTION door_accept_messages_held(
        tenant_ids uuid[], message_ids uuid[], phone_number_ids uuid[], recipients text[], types text[],
        categories text[], template_ids uuid[], payloads text[], client_datas text[], lanes smallint[],
        in_windows boolean[], accepted_ats timestamptz[], not_befores timestamptz[], expires_ats timestamptz[],
        keys text[], fingerprints bytea[], answers text[], keys_until timestamptz[], holds numeric[])
      RETURNS TABLE (id uuid, became text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      DECLARE
        repeated uuid[] := '{}';
        uncovered uuid[] := '{}';
        purse record;
        one record;
        room numeric;
      BEGIN
        PERFORM FROM wallets w WHERE w.tenant_id = ANY (tenant_ids) ORDER BY w.tenant_id FOR UPDATE;

        IF array_remove(keys, NULL) <> '{}' THEN
          WITH kept AS (
            INSERT INTO idempotency_keys (tenant_id, key, fingerprint, answer, message_id, created_at, expires_at)
            SELECT m.tenant_id, m.key, m.fingerprint, m.answer, m.message_id, m.accepted_at, m.key_until
              FROM ${ROWS}
             WHERE m.key IS NOT NULL ORDER BY m.tenant_id, m.key
            ON CONFLICT DO NOTHING RETURNING message_id)
          SELECT coalesce(array_agg(m.message_id), '{}') INTO repeated
            FROM unnest(message_ids, keys) AS m(message_id, key)
           WHERE m.key IS NOT NULL AND m.message_id NOT IN (SELECT kept.message_id FROM kept);
        END IF;

        FOR purse IN
          SELECT w.tenant_id, w.balance - w.held + w.credit_limit AS room, w.marketing_reserve, w.utility_reserve,
                 sum(m.hold) AS asked
            FROM wallets w JOIN unnest(tenant_ids, holds) AS m(tenant_id, hold) ON m.tenant_id = w.tenant_id
           GROUP BY w.tenant_id
        LOOP
          -- Nearly always all of a batch fits, and nobody has to count.
          CONTINUE WHEN purse.room - purse.asked >= greatest(purse.marketing_reserve, purse.utility_reserve);
          room := purse.room;
          FOR one IN
            SELECT m.message_id, m.hold,
                   CASE m.category WHEN 'marketing' THEN purse.marketing_reserve
                                   WHEN 'utility' THEN purse.utility_reserve ELSE 0 END AS leaves
              FROM ${ROWS}
             WHERE m.tenant_id = purse.tenant_id AND m.hold > 0 AND m.message_id <> ALL (repeated)
             ORDER BY m.nth
          LOOP
            IF room - one.hold >= one.leaves THEN
              room := room - one.hold;
            ELSE
              uncovered := uncovered || one.message_id;
            END IF;
          END LOOP;
        END LOOP;
        IF uncovered <> '{}' THEN
          DELETE FROM idempotency_keys k
           USING unnest(tenant_ids, message_ids, keys) AS m(tenant_id, message_id, key)
           WHERE m.message_id = ANY (uncovered) AND k.tenant_id = m.tenant_id AND k.key = m.key
             AND k.message_id = m.message_id;
        END IF;

        INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, category, template_id, payload,
                              client_data, lane, in_window, status, status_at, not_before, expires_at)
        SELECT m.tenant_id, m.message_id, m.phone_number_id, m.recipient, m.type, m.category, m.template_id,
               m.payload::json, m.client_data, m.lane, m.in_window, 'accepted', m.accepted_at, m.not_before, m.expires_at
          FROM ${ROWS}
         WHERE m.message_id <> ALL (repeated) AND m.message_id <> ALL (uncovered);
        WITH held AS (
          INSERT INTO wallet_holds AS h (tenant_id, message_id, amount)
          SELECT m.tenant_id, m.message_id, m.hold FROM unnest(tenant_ids, message_ids, holds) AS m(tenant_id, message_id, hold)
           WHERE m.hold > 0 AND m.message_id <> ALL (repeated) AND m.message_id <> ALL (uncovered)
             AND EXISTS (SELECT FROM wallets w WHERE w.tenant_id = m.tenant_id)
          RETURNING h.tenant_id, h.amount)
        UPDATE wallets w SET held = w.held + s.amount
          FROM (SELECT held.tenant_id, sum(held.amount) AS amount FROM held GROUP BY held.tenant_id) s
         WHERE w.tenant_id = s.tenant_id;
        RETURN QUERY SELECT unnest(repeated), 'key in use' UNION ALL SELECT unnest(uncovered), 'not covered';
      END $$`);
    await db.query(`CALL paloma_make_door('door_accept_messages_held(${SIGNATURE})')`);

    // Whoever ends a message, by whichever way, marks its hold; giving back is done later and elsewhere, so that what ends
    // messages never waits for a wallet.
    await db.query(`
      CREATE FUNCTION door_end_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $$
      BEGIN
        UPDATE wallet_holds SET ended = true WHERE tenant_id = NEW.tenant_id AND message_id = NEW.message_id;
        RETURN NULL;
      END $$`);
    await db.query(`CALL paloma_make_door('door_end_hold()')`);
    await db.query(`
      CREATE TRIGGER end_hold AFTER UPDATE OF status ON messages FOR EACH ROW
        WHEN (NEW.status IN ('failed', 'expired', 'cancelled') AND OLD.status <> NEW.status)
        EXECUTE FUNCTION door_end_hold()`);

    await db.query(`
      CREATE FUNCTION door_wallet_tenants(with_ended_holds boolean) RETURNS SETOF uuid
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT h.tenant_id FROM wallet_holds h WHERE with_ended_holds AND h.ended
        UNION ALL
        SELECT w.tenant_id FROM wallets w WHERE NOT with_ended_holds $$`);
    await db.query(`CALL paloma_make_door('door_wallet_tenants(boolean)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TRIGGER end_hold ON messages');
    await db.query('DROP FUNCTION door_wallet_tenants, door_end_hold, door_accept_messages_held');
    await db.query('DROP TABLE wallet_topups, wallet_estimates, wallet_holds, wallets');
  }
}
