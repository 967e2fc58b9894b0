import { eventually } from '../../../../test/support/app.js';
import { ClientProcess } from '../../../../test/support/client-process.js';
import { type Merchant, templateTo } from '../../../../test/support/gateway.js';
import { freePort, type Json, OnPremisesStage } from '../../../../test/support/on-premises.js';
import { SettleDoubts } from '../dispatch/settle-doubts.js';

const stage = new OnPremisesStage();
let shop: Merchant;
let client: ClientProcess;
/** Ids that the merchant was answered with, by the customer. */
const accepted = new Map<string, string>();

beforeAll(async () => {
  await stage.start();
  shop = await stage.merchant();
  await stage.client(shop);
  client = new ClientProcess(await freePort(), `${stage.sandbox.url}/on-premises/${stage.nameOf(shop)}`);
  await client.start();
  const set = await stage.api(shop, 'PUT', '', stage.wish(shop, { url: client.url }));
  expect(set).toMatchObject({ status: 200 });
}, 60_000);
afterAll(async () => {
  await client?.kill();
  await stage.stop();
});

/** Each to a customer of its own, so that what reached the client twice is seen. */
async function send(count: number): Promise<void> {
  const names = ['order_update', 'spring_sale'];
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const customer = String(15_556_000_000 + accepted.size + i);
      const ref = await stage.send(shop, templateTo(`+${customer}`, names[i % names.length]));
      accepted.set(customer, ref);
    }),
  );
}

const kept = async (): Promise<Map<string, string>> => {
  const { rows } = await stage.database.owner.query('SELECT recipient, status FROM messages WHERE tenant_id = $1', [
    shop.tenantId,
  ]);
  return new Map(rows.map((row) => [row.recipient, row.status]));
};
const atClient = async (): Promise<Map<string, Json[]>> => {
  const by = new Map<string, Json[]>();
  for (const message of await stage.taken(shop)) by.set(message.to, [...(by.get(message.to) ?? []), message]);
  return by;
};

describe('an On-Premises client that is killed with calls in hand', () => {
  it('and comes back loses nothing, sends nothing twice, and what is held of each message is true', async () => {
    for (const messages of [6, 12, 18]) {
      const gone = client.dieWith(messages);
      await send(30);
      await gone;
      await client.start();
    }
    await send(20);
    expect(accepted.size).toBe(110);

    // What the client took is read, as its callbacks tell; only what it never took may still be in doubt.
    await eventually(async () => {
      const [held, taken] = [await kept(), await atClient()];
      return [...accepted.keys()].every((customer) =>
        taken.has(customer) ? held.get(customer) === 'read' : held.get(customer) === 'unknown',
      );
    }, 120_000);
    // Days pass.
    await stage.database.owner.query(
      `UPDATE messages SET status_at = status_at - interval '25 h' WHERE tenant_id = $1 AND status = 'unknown'`,
      [shop.tenantId],
    );
    await stage.worker.app.get(SettleDoubts, { strict: false }).look();

    const [held, taken] = [await kept(), await atClient()];
    expect([...held.keys()].sort()).toEqual([...accepted.keys()].sort());
    expect([...taken.values()].filter((sent) => sent.length > 1)).toEqual([]);
    for (const [customer, status] of held) {
      const [truth] = taken.get(customer) ?? [];
      if (truth) expect([customer, status]).toEqual([customer, truth.status]);
      else expect(['parked', 'failed']).toContain(status);
    }
    // The merchant is told each of these once; what waits for the message that it is about comes a moment later.
    const wordsOf = new Map([
      ['read', 'delivered read sent'],
      ['failed', 'failed'],
      ['parked', ''],
    ]);
    const expected = [...accepted].map(([customer, ref]) => `${ref} ${wordsOf.get(held.get(customer) ?? '')}`);
    const told = async () => {
      const statuses: Json[] = (await stage.told(shop)).flatMap((value) => value.statuses ?? []);
      const words = (ref: string) => statuses.filter((s) => s.id === ref).map((s) => s.status as string);
      return [...accepted.values()].map((ref) => `${ref} ${words(ref).sort().join(' ')}`);
    };
    const isTold = async () => JSON.stringify(await told()) === JSON.stringify(expected);
    await eventually(isTold, 60_000).catch(() => undefined);
    expect(await told()).toEqual(expected);
    // Calls were in hand when it was killed, before the client had them and after, or this proves nothing.
    const { rows } = await stage.database.owner.query(
      `SELECT m.recipient FROM message_events e JOIN messages m USING (tenant_id, message_id)
        WHERE e.tenant_id = $1 AND e.kind = 'unknown'`,
      [shop.tenantId],
    );
    expect(new Set(rows.map(({ recipient }) => taken.has(recipient)))).toEqual(new Set([true, false]));
  }, 240_000);
});
