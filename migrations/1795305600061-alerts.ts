import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the provider's staff are woken for. Written by the admin app's alerts; tenants have no right to it. */
export class Alerts1795305600061 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE alert_rules (
        tenant_id  uuid NOT NULL,
        kind       text NOT NULL,
        enabled    boolean NOT NULL,
        raise_at   numeric NOT NULL,
        clear_at   numeric NOT NULL CHECK (clear_at < raise_at),
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, kind)
      )`);
    await db.query(
      `COMMENT ON TABLE alert_rules IS 'Rules that the provider (tenant 0) changed; others are as the code says'`,
    );

    await db.query(`
      CREATE TABLE alerts (
        tenant_id       uuid NOT NULL,
        alert_id        uuid NOT NULL,
        kind            text NOT NULL,
        subject         text NOT NULL,
        value           numeric NOT NULL,
        raised_at       timestamptz NOT NULL,
        cleared_at      timestamptz,
        told_raised_at  timestamptz,
        told_cleared_at timestamptz,
        acknowledged_by text,
        acknowledged_at timestamptz,
        PRIMARY KEY (tenant_id, alert_id)
      )`);
    await db.query(`COMMENT ON COLUMN alerts.tenant_id IS 'Whose trouble it is; tenant 0 for the platform'`);
    await db.query(`COMMENT ON COLUMN alerts.value IS 'The worst that was measured'`);
    await db.query(`
      CREATE UNIQUE INDEX alerts_one_open ON alerts (tenant_id, kind, subject) WHERE cleared_at IS NULL`);
    await db.query(`
      CREATE INDEX alerts_untold ON alerts (alert_id)
       WHERE told_raised_at IS NULL OR (cleared_at IS NOT NULL AND told_cleared_at IS NULL)`);
    await db.query('CREATE INDEX alerts_newest ON alerts (alert_id)');
    for (const table of ['alert_rules', 'alerts']) {
      await db.query(`CALL paloma_protect('${table}', VARIADIC '{}'::text[])`);
      await db.query(`GRANT SELECT, INSERT, UPDATE ON ${table} TO paloma_staff`);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE alerts, alert_rules');
  }
}
