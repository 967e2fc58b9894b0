import { randomUUID } from 'node:crypto';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { Leases } from './leases.js';

describe('a lane', () => {
  const tenant = randomUUID();
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  it('is drained by one process at a time, and by the next one after it was given back', async () => {
    const [first, second] = [new Leases(connection.db), new Leases(connection.db)];
    const during = await first.hold(tenant, 'n1', async () => second.hold(tenant, 'n1', async () => 'drained twice'));
    expect(during).toBe('held-by-another');
    expect(await second.hold(tenant, 'n1', async () => 'drained')).toBe('drained');
  });

  it('is drained once by a process that was woken twice, as by a Redis that was flushed under the first job', async () => {
    const [leases, other] = [new Leases(connection.db), new Leases(connection.db)];
    const during = await leases.hold(tenant, 'n3', async () => {
      const second = await leases.hold(tenant, 'n3', async () => 'drained twice');
      return [second, await other.hold(tenant, 'n3', async () => 'given back by the second')];
    });
    expect(during).toEqual(['held-by-another', 'held-by-another']);
    expect(await leases.hold(tenant, 'n3', async () => 'drained')).toBe('drained');
  });

  it('is taken with what comes before the work, or not at all', async () => {
    const [failing, next] = [new Leases(connection.db), new Leases(connection.db)];
    const inTheWay = failing.hold(
      tenant,
      'n4',
      async () => 'worked',
      async (tx) => {
        await tx.query(`INSERT INTO lane_leases (tenant_id, lane, holder, until) VALUES ($1, 'n5', $1, now())`, [
          tenant,
        ]);
        throw new Error('as planned');
      },
    );
    await expect(inTheWay).rejects.toThrow('as planned');
    const { rows } = await database.owner.query(`SELECT lane FROM lane_leases WHERE lane IN ('n4', 'n5')`);
    expect(rows).toEqual([]);
    let came = '';
    const worked = await next.hold(
      tenant,
      'n4',
      async () => `${came}, then the work`,
      async () => {
        came = 'first this';
      },
    );
    expect(worked).toBe('first this, then the work');
    const during = await failing.hold(tenant, 'n6', () =>
      next.hold(
        tenant,
        'n6',
        async () => 'worked',
        async () => {
          came = 'while another holds it';
        },
      ),
    );
    expect([during, came]).toEqual(['held-by-another', 'first this']);
  });

  it('of a process that died is free when its lease has run out', async () => {
    const its = await connect(database.appUrl);
    const [dead, next] = [new Leases(its.db), new Leases(connection.db)];
    let die = () => {};
    let begin = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const dying = dead.hold(tenant, 'n2', () => {
      begin();
      return new Promise<void>((resolve) => {
        die = resolve;
      });
    });
    await hasBegun;
    expect(await next.hold(tenant, 'n2', async () => 'too early')).toBe('held-by-another');
    // From now on it prolongs nothing.
    await its.close();
    await database.owner.query(`UPDATE lane_leases SET until = now() - interval '1 second' WHERE lane = 'n2'`);
    expect(await next.hold(tenant, 'n2', async () => 'taken over')).toBe('taken over');
    die();
    await dying;
  });
});
