import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments that are paid back, and mistakes of a rate card that are put right beside the mistaken price. */
export class RefundsAndCorrections1795305600036 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE wallet_topups ADD COLUMN refunded numeric NOT NULL DEFAULT 0
        CHECK (refunded >= 0 AND refunded <= greatest(amount, 0))`);
    await db.query(
      `COMMENT ON COLUMN wallet_topups.refunded IS 'How much of it the provider has paid back, all refunds together'`,
    );

    // A price that was copied wrongly stays in the book, since messages were charged by it; the right one stands beside it.
    await db.query(
      'ALTER TABLE rates ADD COLUMN revision smallint NOT NULL DEFAULT 0 CHECK (revision >= 0), DROP CONSTRAINT rates_pkey',
    );
    await db.query('ALTER TABLE rates ADD PRIMARY KEY (card_date, currency, market, category, revision)');
    await db.query(`COMMENT ON COLUMN rates.revision IS '0 as first imported; the highest is what rating goes by'`);
    await db.query('ALTER TABLE rate_proposals ADD COLUMN corrects boolean NOT NULL DEFAULT false');
    await db.query(
      `COMMENT ON COLUMN rate_proposals.corrects IS 'Puts single prices of a card right that is in the book already'`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE rate_proposals DROP COLUMN corrects');
    await db.query('ALTER TABLE rates DISABLE TRIGGER append_only');
    await db.query('DELETE FROM rates WHERE revision > 0');
    await db.query('ALTER TABLE rates ENABLE TRIGGER append_only');
    await db.query('ALTER TABLE rates DROP CONSTRAINT rates_pkey, DROP COLUMN revision');
    await db.query('ALTER TABLE rates ADD PRIMARY KEY (card_date, currency, market, category)');
    await db.query('ALTER TABLE wallet_topups DROP COLUMN refunded');
  }
}
