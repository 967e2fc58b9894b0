import type pg from 'pg';
import { DataSource } from 'typeorm';
import { Database } from '#libs/persistence';
import { Rollups } from '../../apps/admin/src/analytics/rollups.js';

/** Counts the rollups of all tenants anew, as `npm run rollups:rebuild` does. @returns seconds */
export async function recount(db: pg.Client, url: string, say: (words: string) => void): Promise<number> {
  const { rows } = await db.query<{ id: string }>('SELECT tenant_id AS id FROM tenants ORDER BY 1');
  say(`rollups of ${rows.length.toLocaleString('en')} tenants …`);
  const source = await new DataSource({ type: 'postgres', url, poolSize: 2, installExtensions: false }).initialize();
  const from = performance.now();
  try {
    const rollups = new Rollups(new Database(source));
    for (const { id } of rows) await rollups.rebuild(id);
  } finally {
    await source.destroy();
  }
  await db.query('VACUUM (ANALYZE) traffic_days, spend_days');
  return (performance.now() - from) / 1_000;
}
