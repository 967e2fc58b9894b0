import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What Meta decided about WABAs and their numbers, and why: bans, restrictions, names, quality. Written by libs/wabas. */
export class AccountHistory1795305600016 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE account_events (
        tenant_id       uuid NOT NULL,
        event_id        uuid NOT NULL,
        waba_id         uuid NOT NULL,
        phone_number_id uuid,
        topic           text NOT NULL CHECK (topic IN ('ban', 'restriction', 'violation', 'name', 'quality')),
        told            text NOT NULL,
        at              timestamptz NOT NULL,
        detail          jsonb NOT NULL,
        PRIMARY KEY (tenant_id, event_id),
        FOREIGN KEY (tenant_id, waba_id) REFERENCES wabas,
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(
      `COMMENT ON COLUMN account_events.event_id IS 'Derived from the fact: what is told twice is here once'`,
    );
    await db.query(`COMMENT ON COLUMN account_events.phone_number_id IS 'Null where it is about the WABA as a whole'`);
    await db.query(`COMMENT ON COLUMN account_events.told IS 'The word of Meta, e.g. DISABLE, APPROVED, FLAGGED'`);
    await db.query(`COMMENT ON COLUMN account_events.detail IS 'The value of the webhook as it came, with the cause'`);
    await db.query('CREATE INDEX account_events_by_topic ON account_events (tenant_id, waba_id, topic, at)');
    await db.query(`CALL paloma_protect('account_events', 'SELECT', 'INSERT')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE account_events');
  }
}
