import type { MigrationInterface, QueryRunner } from 'typeorm';

const TOPICS = ['ban', 'restriction', 'violation', 'name', 'quality', 'review', 'verification', 'official', 'partner'];

const allow = (db: QueryRunner, topics: readonly string[]): Promise<void> =>
  db.query(`
    ALTER TABLE account_events DROP CONSTRAINT account_events_topic_check,
      ADD CONSTRAINT account_events_topic_check CHECK (topic IN (${topics.map((t) => `'${t}'`).join(', ')}))`);

/** A number of which Meta refuses every message is held; the history of its account says why, and since when. */
export class RefusedNumbers1795305600108 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await allow(db, [...TOPICS, 'refusal']);
    await db.query(
      `COMMENT ON COLUMN account_events.told IS 'The word of Meta, e.g. DISABLE, APPROVED, FLAGGED; of a refusal its code, or LIFTED'`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE account_events NO FORCE ROW LEVEL SECURITY');
    await db.query(`DELETE FROM account_events WHERE topic = 'refusal'`);
    await db.query('ALTER TABLE account_events FORCE ROW LEVEL SECURITY');
    await allow(db, TOPICS);
    await db.query(`COMMENT ON COLUMN account_events.told IS 'The word of Meta, e.g. DISABLE, APPROVED, FLAGGED'`);
  }
}
