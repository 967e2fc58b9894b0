import Bull from 'bull';
import { newId } from '#libs/ids';
import { until } from '../../tools/stack/api.js';
import type { Bench } from './bench-stack.js';
import type { BenchMerchant, BenchNumber } from './merchants.js';
import { customer, sendBody } from './requests.js';

const AT_ONCE = 5_000;

/**
 * Fills the outbox as accepting would have: template messages to different customers, in turn over the numbers.
 *
 * @returns ids of the messages
 */
export async function fillOutbox(
  { db }: Bench,
  merchant: BenchMerchant,
  numbers: readonly BenchNumber[],
  count: number,
): Promise<string[]> {
  const all: string[] = [];
  const { rows } = await db.query('SELECT template_id FROM templates WHERE tenant_id = $1', [merchant.tenantId]);
  for (let from = 0; from < count; from += AT_ONCE) {
    const at = new Date();
    const later = new Date(at.getTime() + 86_400_000);
    const ids = Array.from({ length: Math.min(AT_ONCE, count - from) }, () => newId(at));
    await db.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, category, template_id, payload, lane,
                             in_window, status, status_at, not_before, expires_at)
       SELECT $1, m.id, m.number, m.recipient, 'template', 'utility', $2, m.payload::json, 1, false, 'accepted', $3, $3, $4
         FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[]) AS m(id, number, recipient, payload)`,
      [
        merchant.tenantId,
        rows[0].template_id,
        at,
        later,
        ids,
        ids.map((_, i) => numbers[(from + i) % numbers.length]?.phoneNumberId),
        ids.map((_, i) => customer(from + i)),
        ids.map((_, i) => sendBody('template', from + i)),
      ],
    );
    all.push(...ids);
  }
  await db.query('ANALYZE messages');
  return all;
}

/** Says that numbers have work, as accepting does. */
export async function wakeNumbers(
  bench: Bench,
  merchant: BenchMerchant,
  numbers: readonly BenchNumber[],
): Promise<void> {
  const queue = new Bull('gateway.dispatch', bench.redisUrl, { prefix: `{${bench.redisPrefix}}` });
  for (const { phoneNumberId } of numbers) {
    const data = { tenantId: merchant.tenantId, phoneNumberId };
    await queue.add(data, { jobId: phoneNumberId, removeOnComplete: true, removeOnFail: true });
  }
  await queue.close();
}

/** Resolves when Meta has had so many calls and the answer to each is stored. */
export async function allSubmitted(bench: Bench, count: number, withinMs = 600_000): Promise<void> {
  await until('all calls', async () => (await bench.graph.counts()).calls >= count, withinMs);
  const left = async () =>
    (await bench.db.query(`SELECT count(*)::int AS n FROM messages WHERE status IN ('accepted', 'sending')`)).rows[0].n;
  await until('all answers to be stored', async () => (await left()) === 0, withinMs);
}
