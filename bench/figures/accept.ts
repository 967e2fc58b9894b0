import type { Bench } from '../harness/bench-stack.js';
import { load, type Request } from '../harness/load.js';
import type { Figure } from '../harness/rounds.js';

const CONNECTIONS = 64;

/** Committed messages per second over HTTP. Goal: half of the baseline (64 connections, one process). */
export function acceptFigures(bench: Bench): Figure[] {
  const { merchant, gateway } = bench;
  const path = `/v24.0/${merchant.phoneNumberId}/messages`;
  const headers = { authorization: `Bearer ${merchant.apiKey}`, 'content-type': 'application/json' };
  const toBaseline = { ...headers, 'x-tenant': merchant.id, 'x-number': bench.phoneNumberUuid };
  const bodies: Record<string, (n: number) => string> = {
    // Inside the service window of the one customer who wrote.
    text: () =>
      JSON.stringify({
        messaging_product: 'whatsapp',
        to: `+${bench.customer}`,
        type: 'text',
        text: { body: 'Your order is on its way.' },
      }),
    template: (n) =>
      JSON.stringify({
        messaging_product: 'whatsapp',
        to: `+52155${String(10_000_000 + (n % 1_000_000)).padStart(8, '0')}`,
        type: 'template',
        template: {
          name: 'order_update',
          language: { code: 'en_US' },
          components: [
            {
              type: 'body',
              parameters: [
                { type: 'text', text: 'Ana' },
                { type: 'text', text: '1042' },
              ],
            },
          ],
        },
      }),
  };
  return Object.entries(bodies).map(([kind, body]) => {
    const product = (n: number): Request => ({ path, headers, body: body(n) });
    const baseline = (n: number): Request => ({ path, headers: toBaseline, body: body(n) });
    return {
      name: `accept, ${kind}`,
      goal: 0.5,
      product: (requests) => load(gateway, CONNECTIONS, requests, product),
      baseline: (requests) => load(bench.baselines.accept, CONNECTIONS, requests, baseline),
    };
  });
}
