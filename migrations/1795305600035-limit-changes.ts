import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every change of a messaging limit and every word of Meta's about raising one. Written by libs/wabas. */
export class LimitChanges1795305600035 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE limit_changes (
        tenant_id    uuid NOT NULL,
        change_id    uuid NOT NULL,
        portfolio_id uuid NOT NULL,
        was          text,
        became       text,
        at           timestamptz NOT NULL,
        cause        text NOT NULL,
        detail       jsonb,
        PRIMARY KEY (tenant_id, change_id),
        FOREIGN KEY (tenant_id, portfolio_id) REFERENCES portfolios
      )`);
    await db.query(
      `COMMENT ON COLUMN limit_changes.change_id IS 'Derived from the fact, by Meta''s time: what is told twice is here once'`,
    );
    await db.query(`COMMENT ON COLUMN limit_changes.was IS 'As Meta names it; null for the first that was seen'`);
    await db.query(
      `COMMENT ON COLUMN limit_changes.became IS 'Null where Meta only spoke of a raise, e.g. put it off'`,
    );
    await db.query(
      `COMMENT ON COLUMN limit_changes.cause IS 'The webhook field with its event, or read: asked of Meta by us'`,
    );
    await db.query(`COMMENT ON COLUMN limit_changes.detail IS 'The value of the webhook as it came'`);
    await db.query('CREATE INDEX limit_changes_by_portfolio ON limit_changes (tenant_id, portfolio_id, change_id)');
    await db.query(`CALL paloma_protect('limit_changes', 'SELECT', 'INSERT')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE limit_changes');
  }
}
