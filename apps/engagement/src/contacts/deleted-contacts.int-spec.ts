import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { newId } from '#libs/ids';
import { WhatDeletedContactsLeft1795305600105 } from '../../../../migrations/1795305600105-what-deleted-contacts-left.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { foundNumber } from '../../../../test/support/numbers.js';
import { buyInShop, tracesInShop } from '../../../../test/support/shop-life.js';

const TABLES = ['contacts', 'shop_events', 'automation_steps', 'automation_runs', 'shop_orders'];

describe('contacts that were deleted before they took everything along', () => {
  // An owner as in production: no superuser, so row-level security binds it.
  const plain = `plain_${randomBytes(6).toString('hex')}`;
  let database: TestDatabase;
  let migrator: pg.Client;
  beforeAll(async () => {
    database = await cloneDatabase();
    const { owner } = database;
    await owner.query(`CREATE ROLE ${plain}`);
    for (const table of TABLES) await owner.query(`ALTER TABLE ${table} OWNER TO ${plain}`);
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

  it('take it along then, and those that are there keep theirs', async () => {
    const shop = await foundNumber(database, 'shop');
    const [gone, there] = [newId(new Date()), newId(new Date())];
    for (const id of [gone, there]) {
      await database.owner.query(
        `INSERT INTO contacts (tenant_id, contact_id, created_at, updated_at, gone_at) VALUES ($1, $2, now(), now(), $3)`,
        [shop.tenantId, id, id === gone ? new Date() : null],
      );
      await buyInShop(database, shop, id);
    }
    const db = { query: (text: string) => migrator.query(text) } as unknown as QueryRunner;
    const migration = new WhatDeletedContactsLeft1795305600105();
    await migration.down(db);
    await db.query('BEGIN');
    await migration.up(db);
    await db.query('COMMIT');
    const none = { shop_events: 0, automation_runs: 0, automation_steps: 0, shop_orders: 0 };
    const all = { shop_events: 1, automation_runs: 1, automation_steps: 1, shop_orders: 1 };
    expect([await tracesInShop(database, gone), await tracesInShop(database, there)]).toEqual([none, all]);
  });
});
