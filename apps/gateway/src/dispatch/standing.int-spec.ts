import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { signBody } from '#libs/meta-cloud';
import { callbackDataOf, messageIdOf } from '#libs/outbox';
import { REDIS } from '#libs/queues';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphStandIn } from '../../../../test/support/graph-stand-in.js';
import { SettledPlaces } from '../meta-inbound/settled-places.js';

const stage = new GatewayStage();
let database: TestDatabase;
let graph: GraphStandIn;
let gateway: RunningApp;

beforeAll(async () => {
  ({ database, graph, gateway } = await stage.start());
});
afterAll(() => stage.stop());
beforeEach(() => {
  graph.calls.length = 0;
  graph.answer = () => graph.taken();
});

const NOW = Math.floor(Date.now() / 1_000);
const trySend = (shop: Merchant, body: unknown) => stage.trySend(shop, body);
const send = (shop: Merchant, body: unknown) => stage.send(shop, body);
const read = (shop: Merchant, ref: string) => stage.read(shop, ref);
const until = (shop: Merchant, ref: string, status: string) => stage.until(shop, ref, status, 60_000);
/** Meta tells something of the merchant's account, and it has been applied. */
const metaTells = async (shop: Merchant, field: string, value: object, time?: number): Promise<void> => {
  const change = { field, value };
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: shop.metaWabaId, ...(time ? { time } : {}), changes: [change] }],
  });
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signBody(body, 'test-app-secret') };
  expect((await fetch(`${gateway.url}/meta/webhooks`, { method: 'POST', body, headers })).status).toBe(200);
  await eventually(async () => {
    const { rows } = await database.owner.query(
      `SELECT count(*)::int AS n FROM meta_events WHERE tenant_id = $1 AND status = 'new'`,
      [shop.tenantId],
    );
    return rows[0].n === 0;
  });
};
const restricted = (shop: Merchant, at: number, ...types: string[]) =>
  metaTells(
    shop,
    'account_update',
    {
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: types.map((restriction_type) => ({ restriction_type, expiration: NOW + 3_600 })),
    },
    at,
  );
const statusAtMeta = async (shop: Merchant, ref: string, recipient: string, status: object): Promise<void> => {
  const { meta_message_id } = await until(shop, ref, 'submitted');
  await metaTells(shop, 'messages', {
    messaging_product: 'whatsapp',
    metadata: { phone_number_id: shop.metaPhoneNumberId },
    statuses: [
      {
        id: meta_message_id,
        timestamp: String(NOW),
        recipient_id: recipient,
        biz_opaque_callback_data: callbackDataOf(messageIdOf(ref) ?? ''),
        ...status,
      },
    ],
  });
};
const failedAtMeta = (shop: Merchant, ref: string, recipient: string, code: number): Promise<void> =>
  statusAtMeta(shop, ref, recipient, { status: 'failed', errors: [{ code, title: 'x' }] });

describe('what Meta restricts', () => {
  it('waits with the reason, is refused at the door, and goes out when Meta lifts it; replies go on', async () => {
    const shop = await aMerchant(gateway.app);
    let waiting = '';
    await stage.whileHeld(shop, async () => {
      waiting = await send(shop, templateTo('+16505550001'));
      await restricted(shop, NOW, 'RESTRICTED_BIZ_INITIATED_MESSAGING', 'RESTRICTED_ADD_PHONE_NUMBER_ACTION');
    });
    const held = await eventually(async () => {
      const message = await read(shop, waiting);
      return message.history.some((e: { kind: string }) => e.kind === 'waiting') && message;
    });
    expect(held.status).toBe('accepted');
    expect(JSON.stringify(held.history)).toContain('account_restricted');
    const refused = await eventually(async () => {
      const answer = await trySend(shop, templateTo('+16505550002'));
      return answer.status === 403 && answer;
    });
    expect(refused.body.error).toMatchObject({
      code: 368,
      error_data: { details: expect.stringContaining('RESTRICTED_BIZ_INITIATED_MESSAGING') },
    });
    await customerWrote(database, shop, '16505550003');
    await until(shop, await send(shop, textTo('16505550003')), 'submitted');
    expect(await read(shop, waiting)).toMatchObject({ status: 'accepted' });

    await restricted(shop, NOW + 1);
    await until(shop, waiting, 'submitted');
  });

  it('to replies, as a number at its limit was by the older rules, lets replies out and templates wait', async () => {
    const shop = await aMerchant(gateway.app);
    const meanwhile = (status: string) =>
      database.owner.query('UPDATE phone_numbers SET status = $2 WHERE phone_number_id = $1', [
        shop.phoneNumberId,
        status,
      ]);
    let waiting = '';
    await stage.whileHeld(shop, async () => {
      waiting = await send(shop, templateTo('+16505550011'));
      await meanwhile('RESTRICTED');
    });
    const refused = await eventually(async () => {
      const answer = await trySend(shop, templateTo('+16505550012'));
      return answer.status === 403 && answer;
    });
    expect(refused.body.error).toMatchObject({ code: 368 });
    await customerWrote(database, shop, '16505550013');
    await until(shop, await send(shop, textTo('16505550013')), 'submitted');
    expect(await read(shop, waiting)).toMatchObject({ status: 'accepted' });

    await meanwhile('FLAGGED');
    const sent = await eventually(async () => {
      const answer = await trySend(shop, templateTo('+16505550014'));
      return answer.status === 200 && (answer.body.messages[0].id as string);
    });
    await until(shop, sent, 'submitted');
  });

  it('of older news or of another kind stops nothing', async () => {
    const shop = await aMerchant(gateway.app);
    await restricted(shop, NOW, 'RESTRICTED_ADD_PHONE_NUMBER_ACTION');
    await restricted(shop, NOW - 10, 'RESTRICTED_BIZ_INITIATED_MESSAGING');
    await until(shop, await send(shop, templateTo('+16505550001')), 'submitted');
  });

  it.each([
    ['a ban', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, 368],
    ['the end of our access', { event: 'PARTNER_REMOVED' }, 131005],
    ['the deletion of the account', { event: 'ACCOUNT_DELETED' }, 131005],
    ['leaving for the business app', { event: 'ACCOUNT_OFFBOARDED' }, 131005],
  ])('by %s holds what waits and refuses the rest until it is taken back', async (_, value, code) => {
    const shop = await aMerchant(gateway.app);
    let waiting = '';
    await stage.whileHeld(shop, async () => {
      waiting = await send(shop, templateTo('+16505550001'));
      await metaTells(shop, 'account_update', value, NOW);
    });
    await eventually(async () => (await trySend(shop, templateTo('+16505550002'))).body.error?.code === code);
    expect(graph.calls.filter((c) => c.path === `/${shop.metaPhoneNumberId}/messages`)).toEqual([]);
    const back = code === 368 ? { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } } : undefined;
    await metaTells(shop, 'account_update', back ?? { event: 'ACCOUNT_RECONNECTED' }, NOW + 1);
    await until(shop, waiting, 'submitted');
  });
});

describe('a message that is delivered long after it was sent', () => {
  it('keeps its place of the messaging limit for a day from the delivery, also when Redis forgets it', async () => {
    const places = stage.worker.app.get(SettledPlaces, { strict: false });
    const look = places.look.bind(places);
    // The worker looks now and then by itself.
    const looks = jest.spyOn(places, 'look').mockResolvedValue();
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    const ref = await send(shop, templateTo('+16505571999'));
    const deliveredAt = NOW + 3 * 3_600;
    await until(shop, ref, 'submitted');
    await statusAtMeta(shop, ref, '16505571999', { status: 'delivered', timestamp: String(deliveredAt) });
    const url = `${gateway.url}/api/v1/phone-numbers/${shop.metaPhoneNumberId}/headroom`;
    const nextRoomAt = async () =>
      Date.parse((await http('GET', url, { token: shop.apiKey })).body.messaging_limit.next_room_at) / 1_000;
    expect(await nextRoomAt()).toBeLessThan(deliveredAt + 82_800);
    await look();
    looks.mockRestore();
    expect(await nextRoomAt()).toBe(deliveredAt + 86_400);
    const redis = gateway.app.get<Redis>(REDIS, { strict: false });
    const { rows } = await database.owner.query('SELECT portfolio_id FROM portfolios WHERE tenant_id = $1', [
      shop.tenantId,
    ]);
    expect(await redis.del(`tier:${rows[0].portfolio_id}:counts`)).toBe(1);
    expect(await nextRoomAt()).toBe(deliveredAt + 86_400);
  });
});

describe('a message that fails after Meta took it', () => {
  const to = (i: number) => `+1650557${String(1000 + i)}`;

  it('gives back its place of the messaging limit, and no place of anybody else', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    const refs = await Promise.all(Array.from({ length: 50 }, (_, i) => send(shop, templateTo(to(i)))));
    for (const ref of refs) await until(shop, ref, 'submitted');
    const [first = '', second = ''] = refs;
    // This customer got another message, which is on its way: the place stays taken.
    await until(shop, await send(shop, templateTo(to(1))), 'submitted');
    await failedAtMeta(shop, first, to(0).slice(1), 131026);
    await failedAtMeta(shop, second, to(1).slice(1), 131026);
    const url = `${gateway.url}/${shop.metaPhoneNumberId}/messages`;
    const tryNew = (i: number) => http('POST', url, { token: shop.apiKey, body: templateTo(to(100 + i)) });
    const places = stage.worker.app.get(SettledPlaces, { strict: false });
    // Not at once: until a minute has passed, the place might be that of a message which is just being claimed.
    await places.look(new Date(Date.now() + 30_000));
    expect((await tryNew(0)).status).toBe(429);
    await places.look(new Date(Date.now() + 61_000));
    const admitted = await tryNew(1);
    expect(admitted.status).toBe(200);
    await until(shop, admitted.body.messages[0].id, 'submitted');
    expect((await tryNew(2)).status).toBe(429);
  });

  it('for its file lets us forget what Meta calls the file, and is not sent again by us', async () => {
    const shop = await aMerchant(gateway.app);
    await customerWrote(database, shop, '16505550009');
    const id = '700000000000001';
    const owner = (sql: string, ...values: unknown[]) => database.owner.query(sql, [shop.tenantId, ...values]);
    const sha256 = Buffer.alloc(32, 7);
    await owner(
      `INSERT INTO media_objects (tenant_id, sha256, file_size, stored, created_at) VALUES ($1, $2, 9, true, now())`,
      sha256,
    );
    await owner(
      `INSERT INTO media (tenant_id, media_id, phone_number_id, origin, sha256, mime_type, created_at)
       VALUES ($1, $2, $3, 'upload', $4, 'image/png', now())`,
      id,
      shop.phoneNumberId,
      sha256,
    );
    await owner(
      `INSERT INTO media_at_meta (tenant_id, phone_number_id, sha256, mime_type, meta_media_id, expires_at)
       VALUES ($1, $2, $3, 'image/png', '99', now() + interval '1 day')`,
      shop.phoneNumberId,
      sha256,
    );
    const known = async () => (await owner('SELECT FROM media_at_meta WHERE tenant_id = $1')).rowCount;
    const image = { ...(textTo('16505550009') as object), type: 'image', text: undefined, image: { id } };
    const ref = await send(shop, image);
    await failedAtMeta(shop, ref, '16505550009', 131026);
    expect([await known(), (await read(shop, ref)).status]).toEqual([1, 'failed']);
    const again = await send(shop, image);
    await failedAtMeta(shop, again, '16505550009', 131053);
    expect([await known(), (await read(shop, again)).status]).toEqual([0, 'failed']);
    // Only this merchant's: what others were held back for may go out by now.
    const sends = graph.calls.filter((c) => c.path.endsWith(`${shop.metaPhoneNumberId}/messages`));
    expect(sends.map((c) => c.body.image)).toEqual([{ id: '99' }, { id: '99' }]);
  });
});

describe('a raised messaging limit', () => {
  it('lets go at once whom there was no room for, and would not have been until tomorrow', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    const refs: string[] = [];
    await stage.whileHeld(shop, async () => {
      for (let i = 0; i < 55; i++) refs.push(await send(shop, templateTo(`+1650557${String(1000 + i)}`)));
    });
    const waits = async () => {
      const { rows } = await database.owner.query(
        `SELECT message_id FROM messages WHERE tenant_id = $1 AND status = 'accepted' AND not_before > now() + interval '1 hour'`,
        [shop.tenantId],
      );
      return rows.length;
    };
    await eventually(async () => (await waits()) === 5, 50_000);
    const now = Math.floor(Date.now() / 1_000);
    await metaTells(shop, 'business_capability_update', { max_daily_conversations_per_business: 50 }, now + 10);
    expect(await waits()).toBe(5);
    await metaTells(shop, 'business_capability_update', { max_daily_conversations_per_business: 2_000 }, now + 20);
    for (const ref of refs) await until(shop, ref, 'submitted');
  });
});
