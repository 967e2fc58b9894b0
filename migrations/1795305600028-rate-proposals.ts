import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rate cards that one member of staff proposed and another must approve; and what Meta told of a portfolio's prices. */
export class RateProposals1795305600028 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // Written by the billing app's rate-card. Prices of Meta belong to no tenant.
    await db.query(`
      CREATE TABLE rate_proposals (
        proposal_id  uuid PRIMARY KEY,
        card_date    date NOT NULL,
        currency     char(3) NOT NULL,
        announced_on date NOT NULL,
        rows         json NOT NULL,
        review       json NOT NULL,
        status       text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'approved', 'rejected')),
        proposed_by  uuid NOT NULL,
        proposer     text NOT NULL,
        proposed_at  timestamptz NOT NULL,
        decided_by   uuid,
        decider      text,
        decided_at   timestamptz,
        CHECK ((status = 'proposed') = (decided_by IS NULL)),
        CHECK (status <> 'approved' OR decided_by <> proposed_by)
      )`);
    await db.query(`COMMENT ON COLUMN rate_proposals.announced_on IS 'When Meta announced the card'`);
    await db.query(
      `COMMENT ON COLUMN rate_proposals.review IS 'Differences to the card in force, and warnings, as they were proposed'`,
    );
    await db.query(
      `CREATE UNIQUE INDEX rate_proposals_open ON rate_proposals (card_date, currency) WHERE status = 'proposed'`,
    );
    await db.query('GRANT SELECT, INSERT, UPDATE ON rate_proposals TO paloma_tenant');
    await db.query('GRANT SELECT ON rate_proposals TO paloma_staff');

    // Written by libs/wabas, from account_update webhooks (Meta, "Pricing" and "Authentication-international rates").
    await db.query(`
      CREATE TABLE portfolio_prices (
        tenant_id    uuid NOT NULL,
        told_id      uuid NOT NULL,
        portfolio_id uuid NOT NULL,
        kind         text NOT NULL CHECK (kind IN ('volume_tier', 'auth_international', 'primary_location')),
        at           timestamptz NOT NULL,
        detail       jsonb NOT NULL,
        PRIMARY KEY (tenant_id, told_id),
        FOREIGN KEY (tenant_id, portfolio_id) REFERENCES portfolios
      )`);
    await db.query(
      `COMMENT ON TABLE portfolio_prices IS 'What Meta alone knows of the prices of a portfolio; told twice, kept once'`,
    );
    await db.query(`CALL paloma_protect('portfolio_prices', 'SELECT', 'INSERT')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE portfolio_prices, rate_proposals');
  }
}
