import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { SystemClock } from '#libs/clock';
import { Consents } from '#libs/consent';
import { ContactAttributes, Contacts, UpsertContacts } from '#libs/contacts';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { ContactImports } from '../../apps/engagement/src/contact-imports/contact-imports.js';
import { ReceiveImport } from '../../apps/engagement/src/contact-imports/receive-import.js';
import { RunImports } from '../../apps/engagement/src/contact-imports/run-imports.js';
import type { Bench } from '../harness/bench-stack.js';
import type { Group } from '../harness/group.js';

const ROWS = 1_000_000;
/** Reading numbers, looking for who is there, foreign keys and row-level security may cost so much beside storing. */
const MOST_TIMES_COPY = 10;
const MOST_MB = 20;

function* file(rows: number): Generator<string> {
  yield 'phone,name,city,tags\n';
  for (let from = 0; from < rows; from += 1_000) {
    let lines = '';
    for (let i = from; i < Math.min(rows, from + 1_000); i++) {
      lines += `+52155${String(10_000_000 + i)},"Customer ${i}, of ours",Puebla,fair|2026\n`;
    }
    yield lines;
  }
}

/** The same rows into tables with the same keys and indexes, ready as PostgreSQL likes them: nothing read, nothing looked for. */
async function bareCopy(bench: Bench, tenantId: string, folder: string): Promise<number> {
  const tables = ['contacts', 'contact_identifiers'];
  for (const table of tables) {
    await bench.db.query(`CREATE TABLE bare_${table} (LIKE ${table} INCLUDING ALL)`);
    await bench.db.query(`COPY (SELECT * FROM ${table} WHERE tenant_id = '${tenantId}') TO '${folder}/${table}'`);
  }
  const from = performance.now();
  for (const table of tables) await bench.db.query(`COPY bare_${table} FROM '${folder}/${table}'`);
  const seconds = (performance.now() - from) / 1_000;
  for (const table of tables) await bench.db.query(`DROP TABLE bare_${table}`);
  return seconds;
}

/** A file of a million new contacts, from its first byte to its last row, beside a bare COPY of what becomes of it. */
export const contactImport: Group = {
  name: 'contact-import',
  beyondLimits: true,
  run: async (bench, { share, say }) => {
    const [merchant] = await bench.make(1, 1);
    if (!merchant) throw new Error('no merchant');
    await bench.only();
    const rows = Math.round(ROWS * share);
    say(`contact-import, ${rows.toLocaleString('en')} rows …`);
    const folder = await mkdtemp(join(tmpdir(), 'paloma-import-'));
    const path = join(folder, 'contacts.csv');
    await pipeline(Readable.from(file(rows)), createWriteStream(path, { mode: 0o644 }));
    // PostgreSQL writes and reads there too, under a user of its own.
    await chmod(folder, 0o777);
    const source = await new DataSource({
      type: 'postgres',
      url: bench.environment.DATABASE_URL as string,
      poolSize: 4,
      installExtensions: false,
    }).initialize();
    try {
      const [clock, db] = [new SystemClock(), new Database(source)];
      const [contacts, attributes] = [new Contacts(clock), new ContactAttributes(clock)];
      const imports = new ContactImports(db, clock);
      const receive = new ReceiveImport(db, imports, attributes);
      const periodic = { every: () => undefined };
      const run = new RunImports(
        db,
        imports,
        new UpsertContacts(clock),
        attributes,
        new Consents(contacts, clock),
        new Leases(db),
        periodic as never,
        clock,
        pino({ level: 'warn' }),
      );
      await db.inTenant(merchant.tenantId, (tx) =>
        attributes.define(tx, merchant.tenantId, { key: 'city', type: 'text', label: null }),
      );
      // Of the whole time: what a process takes before it is warm says nothing of how it grows with the file.
      const held: number[] = [];
      const watch = setInterval(() => held.push(process.memoryUsage().rss / 1_048_576), 100);
      const from = performance.now();
      const order = { columns: {}, tags: [], madeBy: 'bench' };
      const importId = await receive.receive(merchant.tenantId, createReadStream(path), order);
      const receivedIn = (performance.now() - from) / 1_000;
      while (await run.turn(merchant.tenantId, [importId]));
      const seconds = (performance.now() - from) / 1_000;
      clearInterval(watch);
      const found = await db.inTenant(merchant.tenantId, (tx) => imports.find(tx, merchant.tenantId, importId));
      if (found?.created !== rows) throw new Error(`${found?.created} of ${rows} contacts were added: ${found?.state}`);

      const copySeconds = await bareCopy(bench, merchant.tenantId, folder);
      const [perSecond, copied] = [rows / seconds, rows / copySeconds];
      const half = Math.ceil(held.length / 2);
      const grew = Math.max(...held.slice(half)) - Math.max(...held.slice(0, half));
      const times = copied / perSecond;
      return [
        {
          figure: 'import of a million contacts',
          measured: `${Math.round(perSecond).toLocaleString('en')} rows/s, second half ${grew.toFixed(0)} MB above the first`,
          baseline: `COPY: ${Math.round(copied).toLocaleString('en')} rows/s`,
          ratio: `1/${times.toFixed(1)}`,
          goal: `≥ 1/${MOST_TIMES_COPY} of COPY, second half ≤ ${MOST_MB} MB above`,
          met: times <= MOST_TIMES_COPY && grew <= MOST_MB,
          data: { rows, seconds, receivedIn, copySeconds, grewMb: grew, mostMb: Math.max(...held) },
        },
      ];
    } finally {
      await source.destroy();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
