import type { MigrationInterface, QueryRunner } from 'typeorm';

const READ = ['wabas', 'signups', 'signup_steps'];

/**
 * Accounts of applications are acted for with the provider's own token, which it replaces now and then; those of Meta's dialog
 * with a token of their own. What was made so far is told apart by the signup that saved it. Written by libs/wabas.
 */
export class ProvidersTokens1795305600086 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE wabas ADD COLUMN acts_as_provider boolean NOT NULL DEFAULT false');
    await db.query(
      `COMMENT ON COLUMN wabas.sealed_token IS
        'What we act with at Meta, sealed by the vault; null while Meta does not let us. A copy where acts_as_provider'`,
    );
    await db.query(
      `COMMENT ON COLUMN wabas.acts_as_provider IS 'The token is the provider''s own: its current one counts, not the copy'`,
    );
    // The tables' owner is bound by row-level security, too, unless it lifts that from itself.
    for (const table of READ) await db.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    await db.query(`
      UPDATE wabas w SET acts_as_provider = true
       WHERE 'classic' = (SELECT s.kind FROM signups s JOIN signup_steps p USING (tenant_id, signup_id)
                           WHERE s.tenant_id = w.tenant_id AND s.facts ->> 'wabaId' = w.meta_waba_id
                             AND p.step = 'save-account' AND p.state = 'done'
                           ORDER BY p.updated_at DESC LIMIT 1)`);
    for (const table of READ) await db.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE wabas DROP COLUMN acts_as_provider');
    await db.query(`COMMENT ON COLUMN wabas.sealed_token IS 'Business token of Embedded Signup, sealed by the vault'`);
  }
}
