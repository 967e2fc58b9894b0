// npm run rollups:rebuild [-- TENANT_ID...]
// Counts traffic and money anew from messages and charges, of all tenants or of some, while everything runs; says where the
// figures had been wrong. Connects with STAFF_DATABASE_URL.

import { parseArgs } from 'node:util';
import { isUUID } from 'class-validator';
import { DataSource } from 'typeorm';
import { InvalidConfigError, loadConfig } from '#libs/config';
import { Database } from '#libs/persistence';
import { Rollups } from '../apps/admin/src/analytics/rollups.js';

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const { positionals: chosen } = parseArgs({ allowPositionals: true });
const notAnId = chosen.find((id) => !isUUID(id));
if (notAnId !== undefined) fail(`${notAnId} is no id of a tenant\nusage: npm run rollups:rebuild [-- TENANT_ID...]`);

let url: string;
try {
  url = loadConfig(['STAFF_DATABASE_URL']).STAFF_DATABASE_URL;
} catch (error) {
  if (error instanceof InvalidConfigError) fail(error.message);
  throw error;
}
const source = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
try {
  const db = new Database(source);
  const rollups = new Rollups(db);
  const all: { id: string }[] = await db.asStaff((tx) => tx.query('SELECT tenant_id AS id FROM tenants ORDER BY 1'));
  const tenantIds = chosen.length > 0 ? chosen.map((id) => id.toLowerCase()) : all.map((t) => t.id);
  let [sums, wrong] = [0, 0];
  for (const tenantId of tenantIds) {
    const { rows, differed } = await rollups.rebuild(tenantId);
    sums += rows;
    wrong += differed;
    if (differed > 0) console.log(`${tenantId}: ${differed} of ${rows} sums were wrong`);
  }
  console.log(`${tenantIds.length} tenants, ${sums} sums, ${wrong} had been wrong.`);
} finally {
  await source.destroy();
}
