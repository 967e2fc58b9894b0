import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One fact for each message that was delivered: what billing rates. Written by libs/usage. */
export class Usage1795305600008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE usage_facts (
        tenant_id       uuid NOT NULL,
        message_id      uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        waba_id         uuid NOT NULL,
        recipient       text NOT NULL,
        type            text NOT NULL,
        category        text,
        template_id     uuid,
        in_window       boolean NOT NULL,
        pricing         jsonb,
        sent_at         timestamptz NOT NULL,
        delivered_at    timestamptz NOT NULL,
        status          text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'rated', 'parked')),
        parked_reason   text,
        PRIMARY KEY (tenant_id, message_id)
      ) PARTITION BY RANGE (message_id)`);
    await db.query(
      `COMMENT ON COLUMN usage_facts.pricing IS 'Meta''s pricing block of the status, as it came; it decides'`,
    );
    await db.query(
      `COMMENT ON COLUMN usage_facts.delivered_at IS 'The billing moment: earliest of delivered, read, played'`,
    );
    await db.query(
      `COMMENT ON COLUMN usage_facts.sent_at IS 'By Meta''s status; the instant of acceptance without one'`,
    );
    await db.query(`CREATE INDEX usage_facts_new ON usage_facts (tenant_id, message_id) WHERE status = 'new'`);
    await db.query(`CALL paloma_protect('usage_facts', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query(`CALL paloma_partition('usage_facts')`);
    await db.query('GRANT SELECT ON usage_facts TO paloma_door');
    await db.query('CREATE POLICY door_reads ON usage_facts FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_tenants_to_rate() RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT f.tenant_id FROM usage_facts f WHERE f.status = 'new' $$`);
    await db.query(`CALL paloma_make_door('door_tenants_to_rate()')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_tenants_to_rate');
    await db.query('DROP TABLE usage_facts');
  }
}
