import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { foundNumber } from '../../../test/support/numbers.js';
import type { Tx } from './index.js';

describe('a transaction of a tenant', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let [shop, bakery] = ['', ''];
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
    [shop, bakery] = [(await foundNumber(database, 'shop')).tenantId, (await foundNumber(database, 'bakery')).tenantId];
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const names = async (tx: Tx): Promise<string[]> =>
    (await tx.query('SELECT name FROM tenants ORDER BY name')).map((t: { name: string }) => t.name);
  const rename = (tx: Tx, tenantId: string, name: string) =>
    tx.query('UPDATE tenants SET name = $2 WHERE tenant_id = $1', [tenantId, name]);
  const seen = (tenantId: string) => connection.db.inTenant(tenantId, names);

  it('sees the rows of that tenant, and the next one on the same connection sees those of its own', async () => {
    for (let i = 0; i < 20; i++) {
      expect(await seen(shop)).toEqual(['shop']);
      expect(await seen(bakery)).toEqual(['bakery']);
    }
    expect(await connection.db.query('SELECT name FROM tenants')).toEqual([]);
  });

  it('leaves nothing behind when it throws', async () => {
    const failing = connection.db.inTenant(shop, async (tx) => {
      await rename(tx, shop, 'renamed');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await seen(shop)).toEqual(['shop']);
  });

  it('undoes a part that throws within it, and keeps the rest', async () => {
    await connection.db.inTenant(bakery, async (tx) => {
      await rename(tx, bakery, 'good bakery');
      const part = tx.transaction(async (inner) => {
        await rename(inner, bakery, 'bad bakery');
        throw new Error('no');
      });
      await expect(part).rejects.toThrow('no');
    });
    expect(await seen(bakery)).toEqual(['good bakery']);
  });

  it('is rolled back as a whole when it throws after a part of it was done', async () => {
    const failing = connection.db.inTenant(bakery, async (tx) => {
      await tx.transaction((inner) => rename(inner, bakery, 'half'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await seen(bakery)).toEqual(['good bakery']);
  });
});
