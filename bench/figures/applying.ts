import { newId } from '#libs/ids';
import { callbackDataOf } from '#libs/outbox';
import { call, until } from '../../tools/stack/api.js';
import type { Bench } from '../harness/bench-stack.js';
import type { Group } from '../harness/group.js';
import type { Measured } from '../harness/load.js';
import type { BenchMerchant } from '../harness/merchants.js';
import { fillOutbox } from '../harness/outbox.js';
import { type Line, measure } from '../harness/rounds.js';

const STATUSES = ['sent', 'delivered', 'read'] as const;

/** Statuses of Meta's that are stored, applied by one worker: message, history, usage fact, event and post of the tenant. */
export const applying: Group = {
  name: 'applying',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    say('applying …');
    const lines: Line[] = [];
    for (const numbers of [1, 8]) {
      const [merchant] = await bench.make(1, numbers);
      if (!merchant) throw new Error('no merchant');
      bench.all();
      // Posts are queued for it, and wait: posting them is another figure.
      const url = `${bench.endpoint}/later`;
      await call('POST', `${bench.gateway}/api/v1/webhooks`, { token: merchant.apiKey, body: { url } });
      await bench.db.query('UPDATE webhook_endpoints SET rests_until = $2 WHERE tenant_id = $1', [
        merchant.tenantId,
        new Date(Date.now() + 3_600_000),
      ]);
      const run = async (size: number): Promise<Measured> => {
        await bench.clear();
        await bench.only();
        const events = await storeStatuses(bench, merchant, Math.ceil(size / STATUSES.length));
        const from = performance.now();
        // Nobody wakes a route here, so the sweeper finds it: time counts from the first event that is applied.
        await bench.only('gateway-worker');
        await until('the first event', async () => (await left(bench)) < events, 60_000);
        const [begun, before] = [performance.now(), await left(bench)];
        await until('all events to be applied', async () => (await left(bench)) === 0, 120_000);
        const seconds = (performance.now() - Math.max(begun, from)) / 1_000;
        return { perSecond: before / seconds };
      };
      const name = `applying, ${numbers === 1 ? 'one number' : `${numbers} numbers`}`;
      lines.push(...(await measure({ name, size: 9_000, run, baselines: [] }, rounds, share)));
    }
    await bench.clear();
    return lines;
  },
};

const left = async ({ db }: Bench): Promise<number> =>
  (await db.query(`SELECT count(*)::int AS n FROM meta_events WHERE status = 'new'`)).rows[0].n;

/** Messages that Meta has, and their statuses as intake would have stored them. @returns how many events */
async function storeStatuses(bench: Bench, merchant: BenchMerchant, messages: number): Promise<number> {
  const ids = await fillOutbox(bench, merchant, merchant.numbers, messages);
  await bench.db.query(
    `UPDATE messages SET status = 'submitted', attempts = 1, meta_message_id = 'wamid.' || message_id WHERE tenant_id = $1`,
    [merchant.tenantId],
  );
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const events = STATUSES.flatMap((status) =>
    ids.map((id, i) => {
      const { metaPhoneNumberId } = merchant.numbers[i % merchant.numbers.length] ?? merchant.numbers[0];
      const told = {
        id: `wamid.${id}`,
        status,
        timestamp,
        recipient_id: '5215510000000',
        biz_opaque_callback_data: callbackDataOf(id),
        ...(status === 'read'
          ? {}
          : { pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' } }),
      };
      const value = {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: '15550000000', phone_number_id: metaPhoneNumberId },
        statuses: [told],
      };
      return {
        route: `phone_number:${metaPhoneNumberId}`,
        body: JSON.stringify({ id: merchant.metaWabaId, field: 'messages', value }),
      };
    }),
  );
  const now = new Date();
  await bench.db.query(
    `INSERT INTO meta_events (tenant_id, event_id, route, field, body)
     SELECT $1, e.id, e.route, 'messages', e.body::json FROM unnest($2::uuid[], $3::text[], $4::text[]) AS e(id, route, body)`,
    [merchant.tenantId, events.map(() => newId(now)), events.map((e) => e.route), events.map((e) => e.body)],
  );
  await bench.db.query('ANALYZE messages, meta_events');
  return events.length;
}
