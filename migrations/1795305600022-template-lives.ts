import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What else is known of a template (a change of category to come, when a pause ends, until when its name is blocked), and
 * how its account was last compared with Meta. Written by libs/templates.
 */
export class TemplateLives1795305600022 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE templates
        ADD COLUMN reason_detail        text,
        ADD COLUMN category_before      text,
        ADD COLUMN category_next        text,
        ADD COLUMN category_next_at     timestamptz,
        ADD COLUMN pause_ends_at        timestamptz,
        ADD COLUMN locked               boolean NOT NULL DEFAULT false,
        ADD COLUMN time_to_live_seconds integer,
        ADD COLUMN reserved_until       timestamptz`);
    await db.query(`COMMENT ON COLUMN templates.reason_detail IS 'What Meta advises, in its own sentence'`);
    await db.query(`COMMENT ON COLUMN templates.category_next IS 'The category that Meta gave notice of'`);
    await db.query(`COMMENT ON COLUMN templates.pause_ends_at IS 'When a pause for low quality ends by itself'`);
    await db.query(
      `COMMENT ON COLUMN templates.time_to_live_seconds IS 'message_send_ttl_seconds; -1 means 30 days; null is Meta''s default'`,
    );
    await db.query(
      `COMMENT ON COLUMN templates.reserved_until IS 'Until when the name of a deleted template cannot be used again'`,
    );
    await db.query('ALTER TABLE template_events ADD COLUMN detail jsonb');
    await db.query(
      `COMMENT ON COLUMN template_events.kind IS
        'status, quality, category, category_impending: reports; create, edit, delete, unpause: commands; components: drift'`,
    );
    await db.query(`
      CREATE INDEX template_commands ON template_events (tenant_id, kind, at)
       WHERE kind IN ('create', 'edit')`);

    await db.query(`
      CREATE TABLE template_syncs (
        tenant_id  uuid NOT NULL,
        waba_id    uuid NOT NULL,
        due_at     timestamptz NOT NULL,
        failures   integer NOT NULL DEFAULT 0,
        started_at timestamptz,
        synced_at  timestamptz,
        found      integer,
        drift      jsonb,
        error      text,
        failed_at  timestamptz,
        PRIMARY KEY (tenant_id, waba_id),
        FOREIGN KEY (tenant_id, waba_id) REFERENCES wabas
      )`);
    await db.query(
      `COMMENT ON TABLE template_syncs IS 'How the stored templates of a WABA were last compared with Meta''s list'`,
    );
    await db.query(
      `COMMENT ON COLUMN template_syncs.failures IS 'In a row, since the last comparison that ended well'`,
    );
    await db.query(
      `COMMENT ON COLUMN template_syncs.drift IS 'What differed last time although webhooks should have told it'`,
    );
    await db.query(`COMMENT ON COLUMN template_syncs.error IS 'Why the last comparison failed; null after a good one'`);
    await db.query(`CALL paloma_protect('template_syncs', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE template_syncs');
    await db.query('DROP INDEX template_commands');
    await db.query('ALTER TABLE template_events DROP COLUMN detail');
    await db.query(`
      ALTER TABLE templates DROP COLUMN reason_detail, DROP COLUMN category_before, DROP COLUMN category_next,
        DROP COLUMN category_next_at, DROP COLUMN pause_ends_at, DROP COLUMN locked, DROP COLUMN time_to_live_seconds,
        DROP COLUMN reserved_until`);
  }
}
