// Stands in for Meta's Graph API, as cheaply as Node can: answers sends with an id, at once or after a while; may tell
// the statuses of each message to a webhook, signed, one POST each; notes when each call arrived.
import { createHmac } from 'node:crypto';
import { Pool } from 'undici';
import { serveHttp } from '../harness/serve-http.js';
import type { Arrival, GraphSettings } from './graph-control.js';

const STATUSES = ['sent', 'delivered', 'read'];
/** Statuses under way to the webhook at once. */
const WEBHOOK_CONNECTIONS = 64;

let settings: GraphSettings = { latencyMs: 0 };
let calls = 0;
let statusesTold = 0;
let arrivals: Arrival[] = [];
let webhook: Pool | undefined;
const run = process.pid.toString(36);

const now = () => performance.timeOrigin + performance.now();
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Send {
  to: string;
  biz_opaque_callback_data?: string;
}

/** What Meta tells of a message that arrives and is read: one POST after the other, as its statuses happen. */
async function tellStatuses(number: string, id: string, send: Send): Promise<void> {
  const { statuses } = settings;
  if (!statuses || !webhook) return;
  const metadata = { display_phone_number: '15550000000', phone_number_id: number };
  for (const status of STATUSES) {
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: statuses.wabaOf[number] ?? '0',
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata,
                statuses: [
                  {
                    id,
                    status,
                    timestamp: String(Math.floor(Date.now() / 1_000)),
                    recipient_id: send.to.replace('+', ''),
                    biz_opaque_callback_data: send.biz_opaque_callback_data,
                    ...(status === 'read'
                      ? {}
                      : {
                          pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
                        }),
                  },
                ],
              },
            },
          ],
        },
      ],
    });
    const signature = createHmac('sha256', statuses.appSecret).update(body).digest('hex');
    const headers = {
      ...statuses.headers,
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${signature}`,
    };
    // Meta repeats what is not answered 200.
    for (;;) {
      const answer = await webhook
        .request({ method: 'POST', path: statuses.path, headers, body })
        .catch(() => undefined);
      await answer?.body.dump();
      if (answer?.statusCode === 200) break;
      await sleep(100);
    }
    statusesTold++;
  }
}

function control(path: string, body: Buffer): string {
  if (path === '/_settings') {
    settings = JSON.parse(body.toString()) as GraphSettings;
    webhook = settings.statuses && new Pool(settings.statuses.url, { connections: WEBHOOK_CONNECTIONS, pipelining: 1 });
    calls = 0;
    statusesTold = 0;
    arrivals = [];
    return '{}';
  }
  if (!path.startsWith('/_arrivals')) return JSON.stringify({ calls, statusesTold });
  const numbers = new URL(path, 'http://here').searchParams.getAll('number');
  return JSON.stringify(arrivals.filter((a) => numbers.includes(a.number)));
}

serveHttp(async (request, body) => {
  const path = request.url ?? '/';
  if (path.startsWith('/_')) return control(path, body);
  calls++;
  const number = path.split('/').at(-2) ?? '';
  const id = `wamid.${run}${calls.toString(36).padStart(12, '0')}`;
  if (settings.track) arrivals.push({ number, to: (JSON.parse(body.toString()) as Send).to, at: now() });
  if (settings.latencyMs > 0) await sleep(settings.latencyMs);
  if (settings.statuses) void tellStatuses(number, id, JSON.parse(body.toString()) as Send);
  return `{"messaging_product":"whatsapp","contacts":[],"messages":[{"id":"${id}"}]}`;
});
