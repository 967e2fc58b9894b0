import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { newId } from '#libs/ids';
import { ProvidersTokens1795305600086 } from '../../../migrations/1795305600086-providers-tokens.js';
import { CorrectedTimeZones1795305600087 } from '../../../migrations/1795305600087-corrected-time-zones.js';
import { cloneDatabase, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';

describe('accounts that were connected before their kinds of token and zone were kept', () => {
  // An owner as in production: no superuser, so row-level security binds it.
  const plain = `plain_${randomBytes(6).toString('hex')}`;
  let database: TestDatabase;
  let migrator: pg.Client;
  beforeAll(async () => {
    database = await cloneDatabase();
    const { owner } = database;
    await owner.query(`CREATE ROLE ${plain}`);
    for (const table of ['wabas', 'signups', 'signup_steps']) {
      await owner.query(`ALTER TABLE ${table} OWNER TO ${plain}`);
    }
    migrator = new pg.Client({ connectionString: database.ownerUrl });
    await migrator.connect();
    await migrator.query(`SET ROLE ${plain}`);
  });
  afterAll(async () => {
    await migrator.end();
    await database.owner.query(`REASSIGN OWNED BY ${plain} TO CURRENT_USER`);
    await database.owner.query(`DROP OWNED BY ${plain}`);
    await database.owner.query(`DROP ROLE ${plain}`);
    await database.drop();
  });

  async function signup(of: FoundedNumber, kind: string, timezoneId: string, savedAt: string): Promise<void> {
    const signupId = newId(new Date(savedAt));
    const facts = { wabaId: of.metaWabaId, waba: { timezone: 'UTC', timezoneId } };
    await database.owner.query(
      `INSERT INTO signups (tenant_id, signup_id, kind, state, facts, created_at, updated_at)
       VALUES ($1, $2, $3, 'live', $4, $5, $5)`,
      [of.tenantId, signupId, kind, facts, savedAt],
    );
    await database.owner.query(
      `INSERT INTO signup_steps (tenant_id, signup_id, step, state, updated_at) VALUES ($1, $2, 'save-account', 'done', $3)`,
      [of.tenantId, signupId, savedAt],
    );
  }

  it('are told apart by the signup that saved them last', async () => {
    const db = { query: (text: string) => migrator.query(text) } as unknown as QueryRunner;
    const migrations = [new ProvidersTokens1795305600086(), new CorrectedTimeZones1795305600087()];
    for (const migration of [...migrations].reverse()) await migration.down(db);
    const [applied, dialog, both, unknown] = [
      await foundNumber(database, 'by application'),
      await foundNumber(database, 'by dialog'),
      await foundNumber(database, 'by application, then by dialog'),
      await foundNumber(database, 'by nobody knows whom'),
    ];
    await signup(applied, 'classic', '42', '2026-11-01T00:00:00Z');
    await signup(dialog, 'embedded', 'UTC', '2026-11-01T00:00:00Z');
    await signup(both, 'classic', 'UTC', '2026-11-01T00:00:00Z');
    await signup(both, 'embedded', '7', '2026-11-02T00:00:00Z');
    for (const migration of migrations) await migration.up(db);
    const { rows } = await database.owner.query(
      'SELECT waba_id, acts_as_provider, unnamed_timezone, timezone_corrected, earlier_timezones FROM wabas',
    );
    const kept = { timezone_corrected: false, earlier_timezones: [] };
    expect(new Map(rows.map(({ waba_id, ...row }) => [waba_id, row]))).toEqual(
      new Map([
        [applied.wabaId, { acts_as_provider: true, unnamed_timezone: '42', ...kept }],
        [dialog.wabaId, { acts_as_provider: false, unnamed_timezone: null, ...kept }],
        [both.wabaId, { acts_as_provider: false, unnamed_timezone: '7', ...kept }],
        [unknown.wabaId, { acts_as_provider: false, unnamed_timezone: null, ...kept }],
      ]),
    );
  });
});
