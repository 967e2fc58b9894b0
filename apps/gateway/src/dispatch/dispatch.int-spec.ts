import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { Leases } from '#libs/leases';
import { messageIdOf, messageIdOfCallbackData, newMessageRef, Outbox } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { REDIS } from '#libs/queues';
import { Templates } from '#libs/templates';
import { TierReservation, type TierScope } from '#libs/tier-reservation';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage, turnUntil } from '../../../../test/support/gateway-stage.js';
import type { GraphCall, GraphStandIn } from '../../../../test/support/graph-stand-in.js';
import { Admission } from './admission.js';
import { Dispatcher } from './dispatcher.js';

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

const send = (shop: Merchant, body: unknown) => stage.send(shop, body);
const read = (shop: Merchant, ref: string) => stage.read(shop, ref);
const until = (shop: Merchant, ref: string, status: string) => stage.until(shop, ref, status);
const sendsTo = (shop: Merchant): GraphCall[] =>
  graph.calls.filter((c) => c.path === `/${shop.metaPhoneNumberId}/messages`);
const kinds = (message: { history: { kind: string }[] }) => message.history.map((e) => e.kind);
const report = (shop: Merchant, ref: string, status: 'sent' | 'delivered', metaMessageId = 'wamid.late') =>
  gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
    gateway.app.get(Outbox).applyStatus(tx, shop.tenantId, {
      messageId: messageIdOf(ref) ?? '',
      status,
      at: new Date(),
      metaMessageId,
    }),
  );
/** Redis loses what it holds for this installation, or a part of it. */
const redisForgets = async (part: string) => {
  const redis = gateway.app.get<Redis>(REDIS, { strict: false });
  const prefix = `{${stage.environment.REDIS_PREFIX}}:`;
  const keys = await redis.keys(`${prefix}${part}*`);
  expect(keys.length).toBeGreaterThan(0);
  await redis.del(keys.map((key) => key.slice(prefix.length)));
};
const events = async (shop: Merchant) =>
  (await database.owner.query('SELECT kind, body FROM tenant_events WHERE tenant_id = $1', [shop.tenantId])).rows.map(
    (r) => ({ kind: r.kind, body: JSON.parse(r.body) }),
  );

describe('an accepted message', () => {
  it('goes to Meta once, with the token of its account and our callback data, and learns its id', async () => {
    const shop = await aMerchant(gateway.app);
    const ref = await send(shop, { ...templateTo('+16505551234'), biz_opaque_callback_data: 'mine' });
    const message = await until(shop, ref, 'submitted');
    const [call, ...more] = sendsTo(shop);
    expect(more).toEqual([]);
    expect(call?.token).toBe(`token-of-${shop.metaWabaId}`);
    expect(call?.body).toMatchObject({ to: '+16505551234', type: 'template', recipient_type: 'individual' });
    expect(messageIdOfCallbackData(call?.body.biz_opaque_callback_data)).toBe(messageIdOf(ref));
    expect(message).toMatchObject({ biz_opaque_callback_data: 'mine', attempts: 1 });
    expect(message.meta_message_id).toMatch(/^wamid\.META/);
    expect(kinds(message)).toEqual(['accepted', 'sending', 'submitted']);
  });

  it('quotes Meta’s id where the tenant quotes ours, and a customer’s message as it is', async () => {
    const shop = await aMerchant(gateway.app);
    await customerWrote(database, shop, '16505551234');
    const first = await send(shop, textTo('16505551234'));
    const { meta_message_id } = await until(shop, first, 'submitted');
    const reply = await send(shop, textTo('16505551234', 'and', { context: { message_id: first } }));
    await until(shop, reply, 'submitted');
    await until(
      shop,
      await send(shop, textTo('16505551234', 'to you', { context: { message_id: 'wamid.HBgTheirs' } })),
      'submitted',
    );
    expect(sendsTo(shop).map((c) => c.body.context?.message_id)).toEqual([
      undefined,
      meta_message_id,
      'wamid.HBgTheirs',
    ]);
  });

  it('keeps its place: each recipient gets what was accepted first, first', async () => {
    const shop = await aMerchant(gateway.app);
    const customers = ['16505550001', '16505550002', '16505550003'];
    for (const customer of customers) await customerWrote(database, shop, customer);
    const refs: string[] = [];
    for (let i = 0; i < 12; i++) {
      for (const customer of customers) refs.push(await send(shop, textTo(customer, String(i))));
    }
    for (const ref of refs) await until(shop, ref, 'submitted');
    for (const customer of customers) {
      const bodies = sendsTo(shop)
        .filter((c) => c.body.to === `+${customer}`)
        .map((c) => c.body.text.body);
      expect(bodies).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));
    }
  });

  it('is sent once although two workers are woken for its number', async () => {
    const shop = await aMerchant(gateway.app);
    const second = await stage.anotherWorker();
    try {
      const refs = await Promise.all(
        Array.from({ length: 120 }, (_, i) => send(shop, templateTo(`+1650555${String(1000 + i)}`))),
      );
      for (const ref of refs) await until(shop, ref, 'submitted');
      const seen = sendsTo(shop).map((c) => c.body.biz_opaque_callback_data);
      expect(seen).toHaveLength(120);
      expect(new Set(seen).size).toBe(120);
    } finally {
      await second.close();
    }
  });

  it('waits while another process holds its number', async () => {
    const shop = await aMerchant(gateway.app);
    const lane = { tenantId: shop.tenantId, phoneNumberId: shop.phoneNumberId };
    const dispatcher = stage.worker.app.get(Dispatcher, { strict: false });
    const endless = turnUntil(() => false);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const holds = gateway.app.get(Leases).hold(lane.tenantId, `dispatch:${lane.phoneNumberId}`, () => held);
    const taken = await eventually(async () =>
      database.owner
        .query('SELECT FROM lane_leases WHERE tenant_id = $1', [lane.tenantId])
        .then((r) => r.rowCount === 1),
    );
    expect(taken).toBe(true);
    const ref = await send(shop, templateTo('+16505551234'));
    expect(await dispatcher.drain(lane, endless)).toBe(1_000);
    expect(await read(shop, ref)).toMatchObject({ status: 'accepted', attempts: 0 });
    letGo();
    await holds;
    await dispatcher.drain(lane, endless);
    await until(shop, ref, 'submitted');
    expect(sendsTo(shop)).toHaveLength(1);
  });

  const told = (shop: Merchant, word: string) =>
    gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
      gateway.app.get(Templates).applyReport(tx, shop.tenantId, {
        metaTemplateId: shop.templates.order_update?.metaTemplateId ?? '',
        at: new Date(),
        source: 'meta-webhook',
        status: { word },
      }),
    );

  it('is not sent with a template that was disabled meanwhile, and the tenant is told', async () => {
    const shop = await aMerchant(gateway.app);
    graph.calls.length = 0;
    let ref = '';
    await stage.whileHeld(shop, async () => {
      ref = await send(shop, templateTo('+16505551234'));
      await told(shop, 'DISABLED');
    });
    expect((await until(shop, ref, 'failed')).error).toMatchObject({ code: 132016 });
    expect(sendsTo(shop)).toEqual([]);
    expect(await events(shop)).toMatchObject([
      {
        kind: 'status',
        body: {
          object: 'whatsapp_business_account',
          entry: [
            {
              id: shop.metaWabaId,
              changes: [{ value: { statuses: [{ id: ref, status: 'failed', errors: [{ code: 132016 }] }] } }],
            },
          ],
        },
      },
    ]);
  });

  it('waits while its template is paused, holding up nobody else of its recipient', async () => {
    const shop = await aMerchant(gateway.app);
    graph.calls.length = 0;
    let ref = '';
    await stage.whileHeld(shop, async () => {
      ref = await send(shop, templateTo('+16505551234'));
      await told(shop, 'PAUSED');
    });
    expect((await until(shop, ref, 'parked')).history.at(-1)).toMatchObject({
      kind: 'parked',
      detail: { reason: 'template_paused' },
    });
    await until(shop, await send(shop, templateTo('+16505551234', 'spring_sale')), 'submitted');
    expect(sendsTo(shop)).toHaveLength(1);
  });

  it('that Meta refuses because of a pause we did not hear of waits too, and the pause is known from then on', async () => {
    const shop = await aMerchant(gateway.app);
    graph.answer = () => graph.refused(132015);
    const ref = await send(shop, templateTo('+16505551234'));
    await until(shop, ref, 'parked');
    const template = await gateway.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) =>
        gateway.app.get(Templates).findById(tx, shop.tenantId, shop.templates.order_update?.templateId ?? ''),
      );
    expect(template).toMatchObject({ status: 'paused' });
    expect(await events(shop)).toEqual([]);
  });
});

describe('when Meta', () => {
  it('takes the call and the answer is lost, the message is parked as unknown until a status settles it', async () => {
    const shop = await aMerchant(gateway.app);
    graph.answer = () => 'drop';
    const ref = await send(shop, templateTo('+16505551234'));
    await until(shop, ref, 'unknown');
    graph.answer = () => graph.taken();
    // Work for the same number goes on, and the one in doubt is not sent again.
    const later = await send(shop, templateTo('+16505551234'));
    await until(shop, later, 'submitted');
    expect(sendsTo(shop)).toHaveLength(2);
    expect(await report(shop, ref, 'delivered')).toMatchObject({ verdict: 'apply' });
    const settled = await read(shop, ref);
    expect(settled).toMatchObject({ status: 'delivered', meta_message_id: 'wamid.late' });
    expect(kinds(settled)).toEqual(['accepted', 'sending', 'unknown', 'delivered']);
  });

  it('reports a delivery before it has answered, the answer does not take it back', async () => {
    const shop = await aMerchant(gateway.app);
    let answerNow = () => {};
    const wait = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    graph.answer = () => ({ ...(graph.taken() as object), wait }) as never;
    const ref = await send(shop, templateTo('+16505551234'));
    await until(shop, ref, 'sending');
    await report(shop, ref, 'delivered');
    answerNow();
    const message = await eventually(async () => {
      const now = await read(shop, ref);
      return kinds(now).includes('submitted') ? now : false;
    });
    expect(message).toMatchObject({ status: 'delivered', meta_message_id: 'wamid.late' });
  });

  it('refuses for good, the message fails with Meta’s own error and the tenant is told', async () => {
    const shop = await aMerchant(gateway.app);
    graph.answer = () => graph.refused(131026);
    const ref = await send(shop, templateTo('+16505551234'));
    expect((await until(shop, ref, 'failed')).error).toMatchObject({
      code: 131026,
      title: 'as told',
      fault: 'recipient',
    });
    expect(sendsTo(shop)).toHaveLength(1);
    expect(await events(shop)).toHaveLength(1);
  });

  it('refuses in words that no text can hold, the message fails all the same, and those beside it go their way', async () => {
    const shop = await aMerchant(gateway.app);
    const error = { message: '(#131026) \0 and \ud83d', type: 'OAuthException', code: 131026, more: ['\0'] };
    graph.answer = (call) => (call.body.to === '+16505551230' ? { status: 400, body: { error } } : graph.taken());
    const others = ['+16505551231', '+16505551232', '+16505551233'];
    const [refused = '', ...taken] = await Promise.all(
      ['+16505551230', ...others].map((to) => send(shop, templateTo(to))),
    );
    const message = await until(shop, refused, 'failed');
    expect(kinds(message)).toEqual(['accepted', 'sending', 'failed']);
    expect(message.error).toMatchObject({ code: 131026 });
    for (const ref of taken) await until(shop, ref, 'submitted');
    expect(await events(shop)).toHaveLength(1);
  });

  it('asks to slow down, the message is sent again and those behind it keep their place', async () => {
    const shop = await aMerchant(gateway.app);
    let refusals = 1;
    graph.answer = () => (refusals-- > 0 ? graph.refused(131056, 400) : graph.taken());
    await customerWrote(database, shop, '16505551234');
    const refs = [await send(shop, textTo('16505551234', 'first')), await send(shop, textTo('16505551234', 'second'))];
    for (const ref of refs) await until(shop, ref, 'submitted');
    expect(sendsTo(shop).map((c) => c.body.text.body)).toEqual(['first', 'first', 'second']);
    expect(kinds(await read(shop, refs[0] ?? ''))).toEqual([
      'accepted',
      'sending',
      'postponed',
      'sending',
      'submitted',
    ]);
  });

  it('cannot be reached at all, nothing is in doubt: the message is sent when Meta is back', async () => {
    const shop = await aMerchant(gateway.app);
    let failures = 2;
    graph.answer = () =>
      failures-- > 0 ? { status: 503, body: { error: { code: 2, message: 'busy' } } } : graph.taken();
    const ref = await send(shop, templateTo('+16505551234'));
    expect(await until(shop, ref, 'submitted')).toMatchObject({ attempts: 3 });
  });
});

describe('the messaging limit', () => {
  const waiting = (shop: Merchant, refs: string[]) =>
    eventually(async () => {
      const all = await Promise.all(refs.map((ref) => read(shop, ref)));
      return all.every((m) => m.status === 'submitted' || kinds(m).includes('waiting')) ? all : false;
    });
  const to = (i: number) => `+1650556${String(1000 + i)}`;

  it('is not exceeded, also when Redis forgets the count; who was counted may get more', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    const first = await Promise.all(Array.from({ length: 60 }, (_, i) => send(shop, templateTo(to(i)))));
    const sent = (await waiting(shop, first)).filter((m) => m.status === 'submitted');
    expect(sent).toHaveLength(50);
    // A new customer is refused at the door; one who is counted is not.
    const url = `${gateway.url}/${shop.metaPhoneNumberId}/messages`;
    const refused = await http('POST', url, { token: shop.apiKey, body: templateTo(to(999)) });
    expect([refused.status, refused.body.error.code]).toEqual([429, 131048]);
    const { details } = refused.body.error.error_data;
    const [, roomAt = ''] = /0 are left\. There is room again at (\S+Z)\./.exec(details) ?? [];
    const inSeconds = Number(refused.headers.get('retry-after'));
    expect(inSeconds).toBeGreaterThan(86_300);
    expect(Math.abs(Date.parse(roomAt) - Date.now() - inSeconds * 1_000)).toBeLessThan(10_000);
    const again = await send(shop, templateTo(`+${sent[0].recipient}`));
    await until(shop, again, 'submitted');

    await redisForgets('tier:');
    expect((await http('POST', url, { token: shop.apiKey, body: templateTo(to(999)) })).status).toBe(429);
    await database.owner.query(`UPDATE messages SET not_before = now() WHERE tenant_id = $1 AND status = 'accepted'`, [
      shop.tenantId,
    ]);
    const open = await send(shop, templateTo(`+${sent[1].recipient}`));
    await until(shop, open, 'submitted');
    expect(new Set(sendsTo(shop).map((c) => c.body.to)).size).toBe(50);
  });

  it('gives back the place of a customer whose message Meta refused, and of nobody else', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    // This one was sent to before it is refused once: it stays counted.
    await until(shop, await send(shop, templateTo(to(1))), 'submitted');
    graph.answer = (call) => (call.body.to === to(0) || call.body.to === to(1) ? graph.refused(131026) : graph.taken());
    await until(shop, await send(shop, templateTo(to(0))), 'failed');
    await until(shop, await send(shop, templateTo(to(1))), 'failed');
    const others = await Promise.all(Array.from({ length: 55 }, (_, i) => send(shop, templateTo(to(100 + i)))));
    const sent = (await waiting(shop, others)).filter((m) => m.status === 'submitted');
    expect(sent).toHaveLength(49);
  });

  it('gives back the place of a message that was cancelled before its turn, although the place was taken', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    const [admission, tier] = [stage.worker.app.get(Admission), stage.worker.app.get(TierReservation)];
    const next = admission.next.bind(admission);
    const used: number[] = [];
    let scope: TierScope | undefined;
    const cancelling = jest.spyOn(admission, 'next').mockImplementation(async (channel, its, ...more) => {
      const admitted = await next(channel, its, ...more);
      if (!scope && channel.number.tenantId === shop.tenantId && admitted.allowed.length > 0) {
        scope = its;
        used.push((await tier.use(its, new Date())).used);
        const url = `${gateway.url}/api/v1/messages/${newMessageRef(admitted.allowed[0] ?? '')}`;
        used.push((await http('DELETE', url, { token: shop.apiKey })).status);
      }
      return admitted;
    });
    const ref = await send(shop, templateTo(to(0)));
    await until(shop, ref, 'cancelled');
    await eventually(async () => scope && (await tier.use(scope, new Date())).used === 0);
    cancelling.mockRestore();
    expect(used).toEqual([1, 200]);
    expect(sendsTo(shop)).toEqual([]);
  });

  it('does not hold back replies to customers who wrote', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    await Promise.all(Array.from({ length: 50 }, (_, i) => send(shop, templateTo(to(i)))));
    await eventually(async () => sendsTo(shop).length === 50);
    await customerWrote(database, shop, '16505558888');
    await until(shop, await send(shop, textTo('16505558888')), 'submitted');
  });
});

describe('Redis that goes away', () => {
  it('after messages were claimed leaves none in doubt: they are given back, and sent when it is there again', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    const tier = stage.worker.app.get(TierReservation);
    const answer = tier.holds.bind(tier);
    let gone = false;
    // Only this merchant's question goes unanswered: other merchants' messages may still be waiting for room.
    const holds = jest.spyOn(tier, 'holds').mockImplementation(async (scope, reservation) => {
      if (gone || scope.tenantId !== shop.tenantId) return answer(scope, reservation);
      gone = true;
      throw new Error('Connection is closed.');
    });
    const ref = await send(shop, templateTo('16505550009'));
    const message = await until(shop, ref, 'submitted');
    holds.mockRestore();
    expect(kinds(message)).toEqual(['accepted', 'sending', 'postponed', 'sending', 'submitted']);
    expect(sendsTo(shop)).toHaveLength(1);
  });
});

describe('a broadcast', () => {
  it('that is more than a second may hold is sent whole, and a reply meanwhile too', async () => {
    const shop = await aMerchant(gateway.app, { throughput: 'STANDARD' });
    await customerWrote(database, shop, '16505558888');
    const broadcast = await Promise.all(
      Array.from({ length: 75 }, (_, i) => send(shop, templateTo(`+1650557${String(1000 + i)}`, 'spring_sale'))),
    );
    await until(shop, await send(shop, textTo('16505558888')), 'submitted');
    for (const one of broadcast) await until(shop, one, 'submitted');
    expect(sendsTo(shop)).toHaveLength(76);
  });
});

describe('the pair rate', () => {
  const many = (shop: Merchant, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => send(shop, textTo('16505551234', String(i)))));

  it.each(['TIER_UNLIMITED', 'TIER_250'])(
    'is kept for one customer without holding up others, in order, whatever the limit: %s',
    async (limit) => {
      const shop = await aMerchant(gateway.app, { limit });
      for (const customer of ['16505551234', '16505559999']) await customerWrote(database, shop, customer);
      const began = Date.now();
      const toOne = () => sendsTo(shop).filter((c) => c.body.to === '+16505551234');
      await many(shop, 60);
      // One after the other, each decided by Redis and PostgreSQL: seconds on a slow machine.
      await eventually(async () => toOne().length >= 44, 60_000);
      await until(shop, await send(shop, textTo('16505559999')), 'submitted');
      expect(toOne().length).toBeLessThanOrEqual(45 + Math.ceil((Date.now() - began) / 6_000));
      const seen = toOne().map((c) => messageIdOfCallbackData(c.body.biz_opaque_callback_data) ?? '');
      expect(seen).toEqual([...seen].sort());
    },
    120_000,
  );
});

describe('a worker that starts', () => {
  it('finds what waits although no job says so, and parks what a dead one was sending', async () => {
    const shop = await aMerchant(gateway.app);
    await stage.worker.close();
    const refs = [await send(shop, templateTo('+16505551234')), await send(shop, templateTo('+16505551235'))];
    await redisForgets('');
    await database.owner.query(`UPDATE messages SET status = 'sending', attempts = 1 WHERE message_id = $1`, [
      messageIdOf(refs[0] ?? ''),
    ]);
    stage.worker = await stage.anotherWorker();
    await until(shop, refs[0] ?? '', 'unknown');
    await until(shop, refs[1] ?? '', 'submitted');
    expect(sendsTo(shop)).toHaveLength(1);
  });
});
