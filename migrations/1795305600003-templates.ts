import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Message templates and the history of their life. Written by libs/templates. */
export class Templates1795305600003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE templates (
        tenant_id        uuid NOT NULL,
        template_id      uuid NOT NULL,
        waba_id          uuid NOT NULL,
        meta_template_id text,
        name             text NOT NULL,
        language         text NOT NULL,
        category         text NOT NULL,
        status           text NOT NULL,
        status_at        timestamptz NOT NULL,
        quality          text NOT NULL DEFAULT 'unknown',
        reason           text,
        parameter_format text NOT NULL DEFAULT 'POSITIONAL',
        components       jsonb NOT NULL,
        created_at       timestamptz NOT NULL,
        updated_at       timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, template_id),
        UNIQUE (tenant_id, waba_id, name, language),
        FOREIGN KEY (tenant_id, waba_id) REFERENCES wabas
      )`);
    await db.query('CREATE INDEX templates_meta_id ON templates (tenant_id, meta_template_id)');
    await db.query(
      `COMMENT ON COLUMN templates.status_at IS 'The time Meta gives the newest status, not when we heard'`,
    );
    await db.query(
      `COMMENT ON TABLE templates IS 'category, status and quality in the words of libs/template-state (small letters)'`,
    );
    await db.query(`CALL paloma_protect('templates', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE template_events (
        tenant_id   uuid NOT NULL,
        template_id uuid NOT NULL,
        event_id    uuid NOT NULL,
        at          timestamptz NOT NULL,
        source      text NOT NULL CHECK (source IN ('tenant', 'staff', 'meta-webhook', 'meta-poll', 'meta-answer')),
        kind        text NOT NULL,
        before      text,
        after       text,
        verdict     text NOT NULL,
        reason      text,
        PRIMARY KEY (tenant_id, template_id, event_id)
      )`);
    await db.query(
      `COMMENT ON COLUMN template_events.verdict IS 'What became of a report: apply, stale, repeat, apply-and-alert'`,
    );
    await db.query(`CALL paloma_protect('template_events', 'SELECT', 'INSERT')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE template_events, templates');
  }
}
