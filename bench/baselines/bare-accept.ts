// Baseline A of accept: no framework, no checks, no decision; the same row through the same group commit.
import { DataSource } from 'typeorm';
import { loadConfig } from '#libs/config';
import { newId } from '#libs/ids';
import { Coalescer } from '#libs/persistence';
import { serveHttp } from '../harness/serve-http.js';

const { DATABASE_URL: url, DATABASE_POOL_SIZE: poolSize } = loadConfig(['DATABASE_URL', 'DATABASE_POOL_SIZE']);
const db = await new DataSource({ type: 'postgres', url, poolSize, installExtensions: false }).initialize();

interface Row {
  id: string;
  at: Date;
  tenantId: string;
  numberId: string;
  to: string;
  body: string;
}
const storing = new Coalescer<Row, undefined>(async (rows) => {
  const column = <T>(pick: (row: Row) => T): T[] => rows.map(pick);
  const later = new Date(Date.now() + 86_400_000);
  await db.query('SELECT door_accept_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)', [
    column((r) => r.tenantId),
    column((r) => r.id),
    column((r) => r.numberId),
    column((r) => r.to),
    column(() => 'text'),
    column(() => null),
    column(() => null),
    column((r) => r.body),
    column(() => null),
    column(() => 0),
    column(() => true),
    column((r) => r.at),
    column((r) => r.at),
    column(() => later),
  ]);
  return rows.map(() => undefined);
});

serveHttp(async (request, bytes) => {
  const body = bytes.toString();
  const { to } = JSON.parse(body) as { to: string };
  const at = new Date();
  const id = newId(at);
  const { 'x-tenant': tenantId, 'x-number': numberId } = request.headers as Record<string, string>;
  await storing.add({ id, at, tenantId: tenantId as string, numberId: numberId as string, to: to.slice(1), body });
  return JSON.stringify({
    messaging_product: 'whatsapp',
    contacts: [{ input: to, wa_id: to.slice(1) }],
    messages: [{ id }],
  });
});
