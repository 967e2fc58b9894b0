import { createHmac, randomBytes } from 'node:crypto';
import type { Bench } from '../harness/bench-stack.js';
import { load, type Request } from '../harness/load.js';
import type { Figure } from '../harness/rounds.js';

const CONNECTIONS = 64;

/** Signed webhooks of one status each, committed before their 200. Goal: 0.6 of the baseline. */
export function intakeFigures(bench: Bench): Figure[] {
  const { merchant } = bench;
  const signed = (): Request => {
    const status = {
      id: `wamid.${randomBytes(24).toString('base64url')}`,
      status: 'sent',
      timestamp: String(Math.floor(Date.now() / 1_000)),
      recipient_id: bench.customer,
      pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
    };
    const metadata = {
      display_phone_number: merchant.displayPhoneNumber.slice(1),
      phone_number_id: merchant.phoneNumberId,
    };
    const value = { messaging_product: 'whatsapp', metadata, statuses: [status] };
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: merchant.wabaId, changes: [{ field: 'messages', value }] }],
    });
    const signature = createHmac('sha256', bench.appSecret).update(body).digest('hex');
    return {
      path: '/meta/webhooks',
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': `sha256=${signature}`,
        'x-tenant': merchant.id,
      },
      body,
    };
  };
  return [
    {
      name: 'intake, one status a webhook',
      goal: 0.6,
      product: (requests) => load(bench.gateway, CONNECTIONS, requests, signed),
      baseline: (requests) => load(bench.baselines.intake, CONNECTIONS, requests, signed),
    },
  ];
}
