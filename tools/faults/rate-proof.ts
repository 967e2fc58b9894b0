import { call, until } from '../stack/api.js';
import { type Merchant, seedMerchant } from '../stack/merchant.js';
import type { Lab } from './lab.js';

/** What Meta's end saw of one number's calls. */
export interface RateSeen {
  number: string;
  /** Messages a second that Meta allows (throughput page of 2025-11-21). */
  allowed: number;
  calls: number;
  /** Most calls received in any second, wherever it begins. */
  most: number;
  /** Calls that Meta refused for their rate: 130429 for the number's, 131056 for the pair's. */
  refused: number;
  /** Calls above the pair rate: 45 at once, then one in 6 s (Meta, about the platform, 2025-12-05). */
  abovePairRate: number;
  twice: number;
}

interface Call {
  time: string;
  error_code?: number;
  body: { to: string; biz_opaque_callback_data: string };
}

const WITHIN_MS = 180_000;
const AT_ONCE = 16;

/**
 * A backlog for a number of each kind, sent by three workers that are all killed meanwhile; one customer of the ordinary
 * number gets more than the pair rate allows at once.
 *
 * @param seconds how long each backlog lasts at the full rate
 */
export async function proveRate(lab: Lab, seconds: number): Promise<RateSeen[]> {
  const [ordinary, upgraded] = lab.merchants as [Merchant, Merchant];
  const coexisting = await seedMerchant(lab.stack, {
    name: `Barber ${lab.random.whole(1, 1_000_000)}`,
    email: `barber-${lab.random.whole(1, 1_000_000_000)}@barber.example`,
    country: 'MX',
    currency: 'USD',
    timezone: 'America/Mexico_City',
    coexistence: true,
  });
  await lab.sandbox(`phone_numbers/${upgraded.phoneNumberId}`, { throughput: 'HIGH' });
  await until('the number to be upgraded', async () => {
    const number = await lab.look(
      'SELECT 1 FROM phone_numbers WHERE meta_phone_number_id = $1 AND throughput_level = $2',
      [upgraded.phoneNumberId, 'HIGH'],
    );
    return number !== undefined;
  });
  const { data: before } = await lab.sandbox<{ data: { seq: number }[] }>('calls?limit=1000000');
  const after = before.at(-1)?.seq ?? 0;
  const numbers = [
    { number: 'ordinary', merchant: ordinary, allowed: 80 },
    { number: 'upgraded', merchant: upgraded, allowed: 1_000 },
    { number: 'coexisting', merchant: coexisting, allowed: 20 },
  ];

  lab.signal('gateway-worker', 'SIGSTOP');
  const wanted: (() => Promise<void>)[] = numbers.flatMap(({ merchant, allowed }) =>
    Array.from({ length: allowed * seconds }, () => () => send(lab, merchant, `521${lab.random.whole(2e9, 9e9)}`)),
  );
  for (let i = 0; i < 47; i++) wanted.unshift(() => send(lab, ordinary, '5211999999999'));
  const total = wanted.length;
  const worker = async () => {
    for (let next = wanted.shift(); next; next = wanted.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  lab.signal('gateway-worker', 'SIGCONT');

  const arrived = async () =>
    (await lab.sandbox<{ total: number }>(`calls?path=/messages&after=${after}&limit=1`)).total;
  await until('a third of the calls', async () => (await arrived()) > total / 3, WITHIN_MS);
  lab.signal('gateway-worker', 'SIGKILL');
  await until(
    'every message to be sent or in doubt',
    async () =>
      (await lab.look<{ n: number }>(`SELECT count(*)::int AS n FROM messages WHERE status IN ('accepted', 'sending')`))
        ?.n === 0,
    WITHIN_MS,
  );

  return Promise.all(
    numbers.map(async ({ number, merchant, allowed }) => {
      const path = `/${merchant.phoneNumberId}/messages`;
      const { data } = await lab.sandbox<{ data: Call[] }>(`calls?path=${path}&after=${after}&limit=1000000`);
      const at = data.map((c) => Date.parse(c.time));
      return {
        number,
        allowed,
        calls: data.length,
        most: mostInASecond(at),
        refused: data.filter((c) => c.error_code === 130429 || c.error_code === 131056).length,
        abovePairRate: abovePairRate(data),
        twice: data.length - new Set(data.map((c) => c.body.biz_opaque_callback_data)).size,
      };
    }),
  );
}

async function send(lab: Lab, merchant: Merchant, to: string): Promise<void> {
  const parameters = ['Ana', '1042'].map((text) => ({ type: 'text', text }));
  const template = { name: 'order_update', language: { code: 'en_US' }, components: [{ type: 'body', parameters }] };
  await call('POST', `${lab.stack.urls.gateway}/v24.0/${merchant.phoneNumberId}/messages`, {
    token: merchant.apiKey,
    body: { messaging_product: 'whatsapp', to, type: 'template', template },
  });
}

export const isWithinRate = ({ most, allowed, refused, abovePairRate, twice }: RateSeen): boolean =>
  most <= allowed && refused + abovePairRate + twice === 0;

/** @param at when calls were received, in ms, in order */
export function mostInASecond(at: readonly number[]): number {
  let most = 0;
  let from = 0;
  for (const [i, ms] of at.entries()) {
    while (ms - (at[from] as number) >= 1_000) from++;
    most = Math.max(most, i - from + 1);
  }
  return most;
}

/** @returns how many calls went to a customer who had had too many */
export function abovePairRate(calls: readonly { time: string; body: { to: string } }[]): number {
  const paidUntil = new Map<string, number>();
  let above = 0;
  for (const { time, body } of calls) {
    const now = Date.parse(time);
    const start = Math.max(now, paidUntil.get(body.to) ?? 0);
    if (start - now > 44 * 6_000) above++;
    else paidUntil.set(body.to, start + 6_000);
  }
  return above;
}
