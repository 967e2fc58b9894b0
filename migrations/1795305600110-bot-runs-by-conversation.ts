import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When bots spoke last in a conversation is asked whenever one begins, and an erasure looks for a conversation's runs. */
export class BotRunsByConversation1795305600110 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('CREATE INDEX bot_runs_by_conversation ON bot_runs (tenant_id, conversation_id, run_id)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX bot_runs_by_conversation');
  }
}
