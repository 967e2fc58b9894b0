import { DataSource } from 'typeorm';
import { Database } from '#libs/persistence';
import { Rollups } from '../../apps/admin/src/analytics/rollups.js';
import type { Bench } from '../harness/bench-stack.js';
import type { Group } from '../harness/group.js';
import type { Line } from '../harness/rounds.js';
import { seedProvider } from '../seed/provider.js';

const SIZE = { tenants: 2_000, messages: 10_000_000, days: 90 };
const LOOKS = 1_000;
const LARGEST = 50;
const GOAL_MS = 100;
const RECOUNTED = 20;

/** The page of a tenant that staff see, with 2,000 tenants and ten million messages in the database. */
export const overview: Group = {
  name: 'overview',
  beyondLimits: false,
  onRequest: true,
  run: async (bench, { share, say }) => {
    const size = { ...SIZE, tenants: Math.ceil(SIZE.tenants * share), messages: Math.ceil(SIZE.messages * share) };
    const from = performance.now();
    await seedProvider(bench.db, size, say);
    const seeding = (performance.now() - from) / 1_000;
    const token = await bench.staffToken();
    await bench.only('admin');
    const ids = async (order: string, limit: number): Promise<string[]> =>
      (
        await bench.db.query<{ id: string }>(
          `SELECT tenant_id AS id FROM tenants t WHERE name LIKE 'Seeded%' ORDER BY ${order} LIMIT ${limit}`,
        )
      ).rows.map((r) => r.id);
    const some = await ids('random()', LOOKS * share);
    const largest = await ids(
      '(SELECT sum(d.messages) FROM traffic_days d WHERE d.tenant_id = t.tenant_id) DESC NULLS LAST',
      LARGEST,
    );
    await looks(bench, token, some.slice(0, 20));
    say(`${some.length} tenants looked at, then the ${LARGEST} largest …`);
    const usual = percentiles(await looks(bench, token, some));
    const large = percentiles(await looks(bench, token, largest));
    const again = percentiles(await looks(bench, token, largest));
    const provider = percentiles(await asked(bench, token, ['/admin/v1/analytics/traffic?by=day,market']));
    const line = (figure: string, measured: string, met?: boolean): Line => ({
      figure,
      measured,
      baseline: '',
      ratio: '',
      goal: met === undefined ? '' : `p95 < ${GOAL_MS} ms`,
      met,
      data: undefined,
    });
    const counting = await countAnew(bench, some.slice(0, RECOUNTED));
    return [
      {
        ...line(
          `a tenant's page, of ${size.tenants} with ${size.messages.toLocaleString('en')} messages`,
          usual.text,
          usual.p95 < GOAL_MS,
        ),
        data: { usual, large, again, seeding, counting },
      },
      line(`the same of the ${LARGEST} largest tenants, looked at first`, large.text),
      line('and looked at again', again.text),
      line('traffic of all tenants by day and market, 30 days', provider.text),
      line(
        'rollups of a tenant counted anew, none was wrong',
        `${(counting / RECOUNTED).toFixed(2)} s (seeding took ${seeding.toFixed(0)} s)`,
      ),
    ];
  },
};

/** Holds the sums against what the product counts. @returns seconds */
async function countAnew(bench: Bench, tenantIds: readonly string[]): Promise<number> {
  const source = await new DataSource({
    type: 'postgres',
    url: bench.databaseUrl,
    installExtensions: false,
  }).initialize();
  const from = performance.now();
  try {
    const rollups = new Rollups(new Database(source));
    for (const id of tenantIds) {
      const { differed } = await rollups.rebuild(id);
      if (differed > 0) throw new Error(`${differed} sums of ${id} were wrong`);
    }
  } finally {
    await source.destroy();
  }
  return (performance.now() - from) / 1_000;
}

const looks = (bench: Bench, token: string, tenantIds: readonly string[]): Promise<number[]> =>
  asked(
    bench,
    token,
    tenantIds.map((id) => `/admin/v1/tenants/${id}`),
  );

/** One after the other, as one person does; in ms. */
async function asked(bench: Bench, token: string, paths: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const path of paths) {
    const from = performance.now();
    const answer = await fetch(bench.admin + path, { headers: { authorization: `Bearer ${token}` } });
    await answer.text();
    times.push(performance.now() - from);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  }
  return times;
}

function percentiles(times: readonly number[]): { p50: number; p95: number; most: number; text: string } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const [p50, p95, most] = [at(0.5), at(0.95), at(1)];
  return { p50, p95, most, text: `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, slowest ${most.toFixed(0)} ms` };
}
