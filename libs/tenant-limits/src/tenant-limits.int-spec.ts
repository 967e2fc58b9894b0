import { randomUUID } from 'node:crypto';
import { SystemClock } from '#libs/clock';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { TenantLimits } from './tenant-limits.js';

describe('what the provider lets a tenant have', () => {
  let database: TestDatabase;
  let tenants: Awaited<ReturnType<typeof connect>>;
  let staff: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  const limits = new TenantLimits(new SystemClock());

  beforeAll(async () => {
    database = await cloneDatabase();
    tenants = await connect(database.appUrl);
    staff = await connect(database.staffUrl);
    shop = await foundNumber(database, 'Shop');
  });
  afterAll(async () => {
    await tenants.close();
    await staff.close();
    await database.drop();
  });

  const set = (most: number | null) =>
    staff.db.inTenant(shop.tenantId, (tx) => limits.set(tx, shop.tenantId, 'numbers', most));
  const add = () =>
    tenants.db.inTenant(shop.tenantId, async (tx) => {
      await limits.mustFit(tx, shop.tenantId, 'numbers', 1);
      await tx.query(
        `INSERT INTO phone_numbers (tenant_id, phone_number_id, waba_id, meta_phone_number_id, display_phone_number, status,
                                    created_at, updated_at) VALUES ($1, $2, $3, $4, '+1', 'PENDING', now(), now())`,
        [shop.tenantId, randomUUID(), shop.wabaId, randomUUID()],
      );
    });

  it('is no more than the limit, also when many ask for the last place at once', async () => {
    await set(3);
    const outcomes = await Promise.allSettled([add(), add(), add(), add(), add()]);
    expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(2);
    const [no] = outcomes.filter((o) => o.status === 'rejected');
    expect(no?.reason).toMatchObject({ status: 403, code: 'limit_reached' });
    expect(await tenants.db.inTenant(shop.tenantId, (tx) => limits.of(tx, shop.tenantId))).toEqual([
      { what: 'numbers', most: 3, used: 3 },
      { what: 'media_bytes', most: null, used: 0 },
    ]);
  });

  it('stays when a limit is set below it, and grows again when there is no limit', async () => {
    await set(1);
    await expect(add()).rejects.toMatchObject({ code: 'limit_reached' });
    await set(null);
    await add();
  });

  it('is not for tenants to change', async () => {
    await expect(
      tenants.db.inTenant(shop.tenantId, (tx) => limits.set(tx, shop.tenantId, 'numbers', 9)),
    ).rejects.toThrow('permission denied');
  });
});
