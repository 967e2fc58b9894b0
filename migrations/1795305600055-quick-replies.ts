import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Canned answers of agents. Written by the engagement app. */
export class QuickReplies1795305600055 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE quick_replies (
        tenant_id      uuid NOT NULL REFERENCES tenants,
        quick_reply_id uuid NOT NULL,
        shortcut       text NOT NULL CHECK (shortcut = lower(shortcut)),
        language       text NOT NULL,
        text           text NOT NULL,
        media          json,
        made_by        text NOT NULL,
        updated_at     timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, quick_reply_id),
        UNIQUE (tenant_id, shortcut, language)
      )`);
    await db.query(
      `COMMENT ON COLUMN quick_replies.media IS '{"type", "id" or "link"}: sent with the text as its caption'`,
    );
    // Bytes, so that a prefix is a range whatever the database's collation is.
    await db.query('CREATE INDEX quick_replies_by_prefix ON quick_replies (tenant_id, shortcut text_pattern_ops)');
    await db.query(`CALL paloma_protect('quick_replies', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE quick_replies');
  }
}
