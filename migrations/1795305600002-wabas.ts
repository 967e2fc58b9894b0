import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Portfolios, WhatsApp Business accounts and phone numbers, and where each of Meta's ids leads. Written by libs/wabas. */
export class Wabas1795305600002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE portfolios (
        tenant_id        uuid NOT NULL REFERENCES tenants,
        portfolio_id     uuid NOT NULL,
        meta_business_id text NOT NULL,
        messaging_limit  text NOT NULL DEFAULT 'TIER_250',
        limit_seen_at    timestamptz NOT NULL,
        created_at       timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, portfolio_id),
        UNIQUE (tenant_id, meta_business_id)
      )`);
    await db.query(`
      COMMENT ON COLUMN portfolios.messaging_limit IS
        'As Meta names it (TIER_250, TIER_2K, ...): unique customers in a moving 24 h, shared by all numbers (Oct 2025)'`);
    await db.query(`CALL paloma_protect('portfolios', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE wabas (
        tenant_id       uuid NOT NULL,
        waba_id         uuid NOT NULL,
        portfolio_id    uuid NOT NULL,
        meta_waba_id    text NOT NULL,
        name            text NOT NULL,
        currency        char(3) NOT NULL,
        timezone        text NOT NULL,
        sealed_token    text,
        created_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, waba_id),
        UNIQUE (tenant_id, meta_waba_id),
        FOREIGN KEY (tenant_id, portfolio_id) REFERENCES portfolios
      )`);
    await db.query(`COMMENT ON COLUMN wabas.sealed_token IS 'Business token of Embedded Signup, sealed by the vault'`);
    await db.query(`COMMENT ON COLUMN wabas.timezone IS 'IANA name; rate cards and months begin at its midnight'`);
    await db.query(`CALL paloma_protect('wabas', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE phone_numbers (
        tenant_id            uuid NOT NULL,
        phone_number_id      uuid NOT NULL,
        waba_id              uuid NOT NULL,
        meta_phone_number_id text NOT NULL,
        display_phone_number text NOT NULL,
        verified_name        text NOT NULL DEFAULT '',
        status               text NOT NULL DEFAULT 'PENDING',
        quality_rating       text NOT NULL DEFAULT 'UNKNOWN',
        throughput_level     text NOT NULL DEFAULT 'STANDARD',
        coexistence          boolean NOT NULL DEFAULT false,
        sealed_pin           text,
        created_at           timestamptz NOT NULL,
        updated_at           timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, phone_number_id),
        UNIQUE (tenant_id, meta_phone_number_id),
        FOREIGN KEY (tenant_id, waba_id) REFERENCES wabas
      )`);
    await db.query(`COMMENT ON COLUMN phone_numbers.status IS 'As Meta names it; only CONNECTED sends'`);
    await db.query(
      `COMMENT ON COLUMN phone_numbers.sealed_pin IS 'Two-step PIN that we generated, sealed by the vault'`,
    );
    await db.query(`CALL paloma_protect('phone_numbers', 'SELECT', 'INSERT', 'UPDATE')`);

    // A reference table: one row for each of Meta's ids on the whole platform, so an id can belong to one tenant only,
    // and a webhook finds its tenant. Its key is Meta's id, because that is all a webhook carries.
    await db.query(`
      CREATE TABLE meta_routes (
        kind      text NOT NULL CHECK (kind IN ('phone_number', 'waba', 'business')),
        meta_id   text NOT NULL,
        tenant_id uuid NOT NULL REFERENCES tenants,
        object_id uuid NOT NULL,
        PRIMARY KEY (kind, meta_id)
      )`);
    await db.query(`CALL paloma_protect('meta_routes', 'SELECT', 'INSERT', 'DELETE')`);
    await db.query('GRANT SELECT ON meta_routes TO paloma_door');
    await db.query('CREATE POLICY door_reads ON meta_routes FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_meta_routes(kinds text[], meta_ids text[])
      RETURNS TABLE (kind text, meta_id text, tenant_id uuid, object_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT r.kind, r.meta_id, r.tenant_id, r.object_id
          FROM unnest(kinds, meta_ids) AS asked(kind, meta_id)
          JOIN meta_routes r ON r.kind = asked.kind AND r.meta_id = asked.meta_id $$`);
    await db.query(`CALL paloma_make_door('door_meta_routes(text[], text[])')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_meta_routes');
    await db.query('DROP TABLE meta_routes, phone_numbers, wabas, portfolios');
  }
}
