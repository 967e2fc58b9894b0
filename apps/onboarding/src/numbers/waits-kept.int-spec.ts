import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { WaitsByCommand1795305600099 } from '../../../../migrations/1795305600099-waits-by-command.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { foundNumber } from '../../../../test/support/numbers.js';

describe('a number that waited before each command had a wait of its own', () => {
  // An owner as in production: no superuser, so row-level security binds it.
  const plain = `plain_${randomBytes(6).toString('hex')}`;
  let database: TestDatabase;
  let migrator: pg.Client;
  beforeAll(async () => {
    database = await cloneDatabase();
    await database.owner.query(`CREATE ROLE ${plain}`);
    await database.owner.query(`ALTER TABLE number_care OWNER TO ${plain}`);
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

  it('waits on', async () => {
    const db = { query: (text: string) => migrator.query(text) } as unknown as QueryRunner;
    const migration = new WaitsByCommand1795305600099();
    const { tenantId, phoneNumberId } = await foundNumber(database, 'Shop');
    const [sooner, later] = ['2026-11-24T01:00:00.000Z', '2026-11-24T12:00:00.000Z'];
    await database.owner.query(
      `INSERT INTO number_care (tenant_id, phone_number_id, state, waits, updated_at) VALUES ($1, $2, 'added', $3, now())`,
      [tenantId, phoneNumberId, { rename: sooner, 'request-code': later }],
    );
    await migration.down(db);
    await migration.up(db);
    const { rows } = await database.owner.query('SELECT waits FROM number_care WHERE tenant_id = $1', [tenantId]);
    const [[command, until] = []] = Object.entries(rows[0].waits);
    expect([command, new Date(String(until)).toISOString()]).toEqual(['request-code', later]);
  });
});
