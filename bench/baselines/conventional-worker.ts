// Baseline D of dispatch, and the back of G: one Bull job per message, with one SELECT, one call and one UPDATE each, and
// one job per post to the tenant.
import { Pool } from 'undici';
import { signBody } from '#libs/meta-cloud';
import { callbackDataOf } from '#libs/outbox';
import { serveHttp } from '../harness/serve-http.js';
import { type DeliverJob, delivers, graphUrl, pool, type SendJob, sends } from './conventional.js';

const SENDS_AT_ONCE = 512;
const POSTS_AT_ONCE = 64;
const graph = new Pool(graphUrl, { connections: SENDS_AT_ONCE, pipelining: 1 });
const endpoints = new Map<string, Pool>();

async function send({ tenantId, messageId }: SendJob): Promise<void> {
  const { rows } = await pool.query(
    `SELECT m.payload, m.status, n.meta_phone_number_id FROM messages m
       JOIN phone_numbers n ON n.tenant_id = m.tenant_id AND n.phone_number_id = m.phone_number_id
      WHERE m.tenant_id = $1 AND m.message_id = $2`,
    [tenantId, messageId],
  );
  const [message] = rows;
  if (message?.status !== 'accepted') return;
  const answer = await graph.request({
    method: 'POST',
    path: `/v24.0/${message.meta_phone_number_id}/messages`,
    headers: { authorization: 'Bearer a business token', 'content-type': 'application/json' },
    body: JSON.stringify({ ...message.payload, biz_opaque_callback_data: callbackDataOf(messageId) }),
  });
  const { messages } = (await answer.body.json()) as { messages: [{ id: string }] };
  await pool.query(
    `UPDATE messages SET status = 'submitted', status_at = now(), meta_message_id = $3, attempts = 1
      WHERE tenant_id = $1 AND message_id = $2 AND status = 'accepted'`,
    [tenantId, messageId, messages[0].id],
  );
}

async function deliver({ tenantId, eventId, endpointId }: DeliverJob): Promise<void> {
  const { rows } = await pool.query(
    `SELECT e.body, w.url FROM tenant_events e JOIN webhook_endpoints w ON w.tenant_id = e.tenant_id AND w.endpoint_id = $3
      WHERE e.tenant_id = $1 AND e.event_id = $2`,
    [tenantId, eventId, endpointId],
  );
  const url = new URL(rows[0].url);
  const endpoint = endpoints.get(url.origin) ?? new Pool(url.origin, { connections: POSTS_AT_ONCE, pipelining: 1 });
  endpoints.set(url.origin, endpoint);
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signBody(rows[0].body, 'a secret') };
  const answer = await endpoint.request({ method: 'POST', path: url.pathname, headers, body: rows[0].body });
  await answer.body.dump();
  await pool.query(
    `UPDATE webhook_deliveries SET status = 'delivered', attempts = attempts + 1, delivered_at = now(), last_status = $4
      WHERE tenant_id = $1 AND endpoint_id = $2 AND event_id = $3`,
    [tenantId, endpointId, eventId, answer.statusCode],
  );
}

void sends.process(SENDS_AT_ONCE, (job) => send(job.data));
void delivers.process(POSTS_AT_ONCE, (job) => deliver(job.data));
serveHttp(() => '{}');
