// Baseline E of intake: the same signature check, one parse, the same row through the same group commit.
import { DataSource } from 'typeorm';
import { loadConfig } from '#libs/config';
import { newId } from '#libs/ids';
import { isSignedBy } from '#libs/meta-cloud';
import { Coalescer } from '#libs/persistence';
import { serveHttp } from '../harness/serve-http.js';

const config = loadConfig(['DATABASE_URL', 'DATABASE_POOL_SIZE', 'META_APP_SECRETS']);
const db = await new DataSource({
  type: 'postgres',
  url: config.DATABASE_URL,
  poolSize: config.DATABASE_POOL_SIZE,
  installExtensions: false,
}).initialize();

interface Row {
  tenantId: string;
  id: string;
  route: string;
  body: string;
}
const storing = new Coalescer<Row, undefined>(async (rows) => {
  await db.query('SELECT door_store_meta_events($1, $2, $3, $4, $5)', [
    rows.map((r) => r.tenantId),
    rows.map((r) => r.id),
    rows.map((r) => r.route),
    rows.map(() => 'messages'),
    rows.map((r) => r.body),
  ]);
  return rows.map(() => undefined);
});

serveHttp(async (request, bytes) => {
  const { 'x-hub-signature-256': signature, 'x-tenant': tenantId } = request.headers as Record<string, string>;
  if (!isSignedBy(bytes, signature, config.META_APP_SECRETS)) throw new Error('not signed');
  const payload = JSON.parse(bytes.toString()) as {
    entry: { id: string; changes: { value: { metadata: { phone_number_id: string } } }[] }[];
  };
  const change = payload.entry[0]?.changes[0];
  await storing.add({
    tenantId: tenantId as string,
    id: newId(new Date()),
    route: `phone_number:${change?.value.metadata.phone_number_id}`,
    body: JSON.stringify({ id: payload.entry[0]?.id, ...change }),
  });
  return 'ok';
});
