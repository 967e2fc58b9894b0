import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Top-ups that their payers' banks ask back. Written by the billing app's wallet. */
export class WalletDisputes1795305600112 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE wallet_disputes (
        tenant_id uuid NOT NULL,
        reference text NOT NULL,
        topup_id  uuid NOT NULL,
        amount    numeric NOT NULL CHECK (amount > 0),
        currency  char(3) NOT NULL,
        stage     text NOT NULL CHECK (stage IN ('inquiry', 'open', 'won', 'lost', 'dropped')),
        reason    text NOT NULL,
        told_at   timestamptz NOT NULL,
        opened_at timestamptz NOT NULL,
        taken_by  uuid,
        PRIMARY KEY (tenant_id, reference),
        FOREIGN KEY (tenant_id, topup_id) REFERENCES wallet_topups
      )`);
    await db.query(`COMMENT ON COLUMN wallet_disputes.reference IS 'The dispute at the payment provider'`);
    await db.query(`COMMENT ON COLUMN wallet_disputes.told_at IS 'When the payment provider said so'`);
    await db.query(
      `COMMENT ON COLUMN wallet_disputes.taken_by IS 'The entry by which it is off the wallet; null while it is not'`,
    );
    await db.query('CREATE INDEX wallet_disputes_by_topup ON wallet_disputes (tenant_id, topup_id)');
    await db.query(`CALL paloma_protect('wallet_disputes', 'SELECT', 'INSERT', 'UPDATE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE wallet_disputes');
  }
}
