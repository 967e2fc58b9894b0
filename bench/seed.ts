// npm run seed [-- --tenants 2000 --messages 10000000 --days 90]
// Fills the database of SEED_DATABASE_URL, one that is there to be filled, with tenants and messages, and their sums.
import { parseArgs } from 'node:util';
import pg from 'pg';
import { currentEnvironment } from '#libs/config';
import { seedProvider } from './seed/provider.js';

const { values } = parseArgs({
  options: {
    tenants: { type: 'string', default: '2000' },
    messages: { type: 'string', default: '10000000' },
    days: { type: 'string', default: '90' },
  },
});
const url = currentEnvironment().SEED_DATABASE_URL;
if (!url) {
  console.error('SEED_DATABASE_URL: name a migrated database, as its owner and a superuser');
  process.exit(2);
}
const say = (words: string) => console.log(words);
const db = new pg.Client({ connectionString: url });
await db.connect();
try {
  const size = { tenants: Number(values.tenants), messages: Number(values.messages), days: Number(values.days) };
  await seedProvider(db, size, say);
} finally {
  await db.end();
}
