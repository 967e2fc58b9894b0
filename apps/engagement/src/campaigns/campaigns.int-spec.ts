import type { Redis } from 'ioredis';
import { GatewayClient } from '#libs/gateway-client';
import { Outbox } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { REDIS } from '#libs/queues';
import { ServiceUnreachable } from '#libs/service-calls';
import { Wabas } from '#libs/wabas';
import { eventually } from '../../../../test/support/app.js';
import { CampaignStage, recipient } from '../../../../test/support/campaign-stage.js';
import { aMerchant, customerWrote, type Merchant } from '../../../../test/support/gateway.js';

const stage = new CampaignStage();

beforeAll(() => stage.start());
afterAll(() => stage.stop());

const call = (shop: Merchant, method: string, path: string, body?: unknown) =>
  stage.call(shop, method, `/campaigns${path}`, body);
const to = recipient;
const draft = stage.draft.bind(stage);
const drafted = stage.drafted.bind(stage);
const launch = (shop: Merchant, id: string) => call(shop, 'POST', `/${id}/launch`);
const see = stage.see.bind(stage);
const until = stage.reaches.bind(stage);
const sentFrom = stage.sentFrom.bind(stage);
const anotherNumber = async (shop: Merchant): Promise<string> => {
  const metaPhoneNumberId = String(Date.now()) + Math.floor(Math.random() * 1e6);
  const app = stage.gateway.app;
  await app.get(Database).inTenant(shop.tenantId, (tx) =>
    app.get(Wabas).savePhoneNumber(tx, shop.tenantId, {
      wabaId: shop.wabaId,
      metaPhoneNumberId,
      displayPhoneNumber: `+1 555 ${metaPhoneNumberId.slice(-7)}`,
      status: 'CONNECTED',
      throughputLevel: 'HIGH',
    }),
  );
  return metaPhoneNumberId;
};
const progress = async (shop: Merchant, id: string) => (await see(shop, id)).progress;
const owner = () => stage.database.owner;

/** Redis forgets at one stroke what is under this prefix: other suites have theirs in the same Redis. */
const forgetKeys = (redis: Redis) =>
  redis.eval(
    `for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end`,
    0,
    `${redis.options.keyPrefix}*`,
  );

describe('a campaign', () => {
  it('sends each recipient its own message, once, and says when it is done', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const id = await drafted(shop, 30);
    expect((await call(shop, 'POST', `/${id}/recipients`, { recipients: [{ to: to(3) }] })).body).toEqual({
      added: 0,
      repeated: 0,
    });
    expect((await launch(shop, id)).body.state).toBe('freezing');
    await until(shop, id, 'finished');
    await eventually(async () => sentFrom(shop.metaPhoneNumberId).length === 30);
    expect(new Set(sentFrom(shop.metaPhoneNumberId)).size).toBe(30);
    const one = stage.graph.calls.find((c) => c.body?.to === to(7) && c.path.includes(shop.metaPhoneNumberId));
    expect(one?.body.template.components).toEqual([{ type: 'body', parameters: [{ type: 'text', text: 'N7' }] }]);
    expect(await progress(shop, id)).toMatchObject({ audience: 30, waiting: 0, accepted: 30, refused: 0 });
    expect((await launch(shop, id)).status).toBe(409);
  });

  it('is shared by several numbers and cut into variants, each recipient always the same', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const second = await anotherNumber(shop);
    const variant = (name: string, weight: number) => ({ ...draft(shop).variants[0], name, weight });
    const id = await drafted(shop, 400, {
      phone_number_ids: [shop.metaPhoneNumberId, second],
      variants: [variant('few', 1), variant('many', 3)],
    });
    await launch(shop, id);
    await until(shop, id, 'finished');
    const { variants } = (await call(shop, 'GET', `/${id}/report`)).body;
    expect(variants.map((v: { name: string }) => v.name)).toEqual(['few', 'many']);
    // A hash decides: a quarter of 400, to four standard deviations.
    expect(Math.abs(variants[0].accepted - 100)).toBeLessThan(36);
    const { rows } = await owner().query(
      'SELECT phone_number_id, count(*)::int AS n FROM campaign_recipients WHERE campaign_id = $1 GROUP BY 1',
      [id],
    );
    expect(rows).toHaveLength(2);
    for (const { n } of rows) expect(Math.abs(n - 200)).toBeLessThan(41);
  });

  it('reaches each recipient at most once when its worker dies after the gateway took a batch, and Redis forgets', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const second = await anotherNumber(shop);
    const client = stage.engagementWorker.app.get(GatewayClient);
    const send = client.send.bind(client);
    let deaths = 0;
    client.send = async (...args) => {
      const outcomes = await send(...args);
      if (deaths++ % 2 === 0) {
        await forgetKeys(stage.engagementWorker.app.get(REDIS));
        throw deaths % 4 === 1 ? new Error('killed') : new ServiceUnreachable('no answer');
      }
      return outcomes;
    };
    try {
      const id = await drafted(shop, 2_000, { phone_number_ids: [shop.metaPhoneNumberId, second] });
      await launch(shop, id);
      await until(shop, id, 'finished', 150_000);
      await eventually(async () => sentFrom(shop.metaPhoneNumberId, second).length >= 2_000, 150_000);
      expect(deaths).toBeGreaterThan(3);
      const sent = sentFrom(shop.metaPhoneNumberId, second);
      expect([sent.length, new Set(sent).size]).toEqual([2_000, 2_000]);
      expect(await progress(shop, id)).toMatchObject({ audience: 2_000, waiting: 0, accepted: 2_000 });
    } finally {
      client.send = send;
    }
  }, 400_000);

  it('leaves out who opted out or lacks what the message needs, and says so', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const body = [{ type: 'body', parameters: [{ type: 'text', text: '{{order}}' }] }];
    const id = await drafted(shop, 5, { variants: [{ ...draft(shop).variants[0], components: body }] }, { order: '1' });
    await call(shop, 'POST', `/${id}/recipients`, { recipients: [{ to: to(100) }] });
    await optOut(shop, to(2).slice(1));
    await launch(shop, id);
    await until(shop, id, 'finished');
    const { body: report } = await call(shop, 'GET', `/${id}/report`);
    // Without billing there is no cost to tell, and all else is told.
    expect(report.cost).toBeNull();
    expect(report.refusals).toEqual([
      { cause: 'attribute_missing:order', messages: 1 },
      { cause: 'recipient_opted_out', messages: 1 },
    ]);
    expect(report).toMatchObject({ audience: 6, accepted: 4, refused: 2 });
  });

  it('waits for room under the messaging limit, and everybody keeps the place', async () => {
    const shop = await aMerchant(stage.gateway.app, { limit: 'TIER_50' });
    const id = await drafted(shop, 60);
    await launch(shop, id);
    await eventually(async () => (await progress(shop, id)).accepted === 50);
    expect(await see(shop, id)).toMatchObject({ state: 'running', progress: { waiting: 10 } });
    expect((await call(shop, 'POST', `/${id}/cancel`)).body.state).toBe('cancelled');
    expect((await call(shop, 'POST', `/${id}/resume`)).status).toBe(409);
  });

  it('pauses by itself when the wallet is empty, tells why, and goes on when it is resumed', async () => {
    const shop = await aMerchant(stage.gateway.app);
    await owner().query(
      `INSERT INTO wallets (tenant_id, currency, balance, created_at) VALUES ($1, 'USD', 0.55, now())`,
      [shop.tenantId],
    );
    const prices = JSON.stringify({
      prices: { marketing: { '*': '0.1' } },
      freeService: '0',
      numbersWithAllowance: [],
    });
    await owner().query(
      `INSERT INTO wallet_estimates (tenant_id, waba_id, prices, made_at) VALUES ($1, $2, $3, now())`,
      [shop.tenantId, shop.wabaId, prices],
    );
    const id = await drafted(shop, 8);
    await launch(shop, id);
    await until(shop, id, 'paused');
    expect(await see(shop, id)).toMatchObject({ cause: 'balance', progress: { accepted: 5, waiting: 3 } });
    const { rows } = await owner().query(
      `SELECT body::jsonb->'data'->>'state' AS state, body::jsonb->'data'->>'cause' AS cause FROM tenant_events
        WHERE tenant_id = $1 AND kind = 'campaign_update' ORDER BY event_id`,
      [shop.tenantId],
    );
    expect(rows.map((r: { state: string }) => r.state)).toEqual(['freezing', 'running', 'paused']);
    expect(rows[2].cause).toBe('balance');
    await owner().query('UPDATE wallets SET balance = 5 WHERE tenant_id = $1', [shop.tenantId]);
    await call(shop, 'POST', `/${id}/resume`);
    await until(shop, id, 'finished');
    expect(await progress(shop, id)).toMatchObject({ accepted: 8, waiting: 0 });
  });

  it.each([
    ['the template is paused', `UPDATE templates SET status = 'paused' WHERE tenant_id = $1`, 'template_state'],
    [
      'Meta moves it to another category',
      `UPDATE templates SET category = 'utility' WHERE tenant_id = $1`,
      'category_change',
    ],
    ['the number’s quality drops', `UPDATE phone_numbers SET quality_rating = 'RED' WHERE tenant_id = $1`, 'quality'],
  ])('pauses when %s', async (_, change, cause) => {
    const shop = await aMerchant(stage.gateway.app);
    const id = await drafted(shop, 20, { throttle_per_minute: 60 });
    await launch(shop, id);
    await eventually(async () => (await progress(shop, id)).accepted > 0);
    await owner().query(change, [shop.tenantId]);
    await owner().query('UPDATE campaign_numbers SET due_at = now() WHERE campaign_id = $1 AND due_at IS NOT NULL', [
      id,
    ]);
    await until(shop, id, 'paused');
    expect(await see(shop, id)).toMatchObject({ cause, detail: expect.any(String) });
  });

  it('counts how far its messages got, what failed and why, who answered, and tries again what may arrive', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const id = await drafted(shop, 6, { retries: 1 });
    await launch(shop, id);
    await until(shop, id, 'finished');
    await eventually(async () => sentFrom(shop.metaPhoneNumberId).length === 6);
    const rows = await eventually(async () => {
      const found = await owner().query(
        `SELECT r.line, m.meta_message_id AS meta FROM campaign_recipients r JOIN messages m USING (tenant_id, message_id)
          WHERE r.campaign_id = $1 AND m.meta_message_id IS NOT NULL ORDER BY r.line`,
        [id],
      );
      return found.rows.length === 6 && found.rows;
    });
    const told = async (line: number, status: 'sent' | 'delivered' | 'read' | 'failed', code?: number) => {
      const outbox = stage.gateway.app.get(Outbox);
      const db = stage.gateway.app.get(Database);
      await db.inTenant(shop.tenantId, async (tx) => {
        const ids = await outbox.idsByMetaId(tx, shop.tenantId, [rows[line].meta]);
        const errors = code ? { errors: [{ code, title: 'as told' }] } : {};
        await outbox.applyStatus(tx, shop.tenantId, {
          messageId: ids.get(rows[line].meta) as string,
          status,
          at: new Date(),
          ...errors,
        });
      });
    };
    await told(0, 'read');
    await told(1, 'delivered');
    await told(2, 'sent');
    await told(3, 'failed', 131026);
    await told(4, 'failed', 131049);
    await eventually(async () => (await progress(shop, id)).failed === 1);
    await eventually(async () => (await see(shop, id)).state === 'running');
    expect(await progress(shop, id)).toMatchObject({
      accepted: 5,
      sent: 3,
      delivered: 2,
      read: 1,
      failed: 1,
      waiting: 1,
    });
    // Meta may tell of a delivery after it told of a failure: the phone has it.
    await told(3, 'delivered');
    await eventually(async () => (await progress(shop, id)).delivered === 3);
    expect(await progress(shop, id)).toMatchObject({ failed: 0, sent: 4 });
    await owner().query('UPDATE campaign_recipients SET send_after = now() WHERE campaign_id = $1', [id]);
    await owner().query('UPDATE campaign_numbers SET due_at = now() WHERE campaign_id = $1', [id]);
    await until(shop, id, 'finished');
    await eventually(async () => sentFrom(shop.metaPhoneNumberId).length === 7);
  });

  it('sends nobody anything at night, and at nine in the morning on the recipient’s own clock', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const now = new Date();
    const clock = (inMs: number) => new Date(now.getTime() + inMs).toISOString().slice(11, 16);
    const quiet = { from: clock(-7_200_000), until: clock(7_200_000) };
    const night = await drafted(shop, 3, { quiet_hours: quiet }, { time_zone: 'Africa/Abidjan' });
    const later = new Date(now.getTime() + 2 * 86_400_000).toISOString().slice(0, 10);
    const morning = await drafted(shop, 1, { schedule: { local: `${later}T09:00` } });
    await call(shop, 'POST', `/${morning}/recipients`, {
      recipients: [{ to: '+5215512345678' }, { to: to(50), attributes: { time_zone: 'Asia/Tokyo' } }],
    });
    for (const id of [night, morning]) await launch(shop, id);
    for (const id of [night, morning]) await until(shop, id, 'running');
    const times = async (id: string) =>
      (
        await owner().query(
          'SELECT customer, zone, send_after FROM campaign_recipients WHERE campaign_id = $1 ORDER BY 1',
          [id],
        )
      ).rows;
    const anHourOn = new Date(now.getTime() + 3_600_000);
    await eventually(async () => (await times(night)).every((r: { send_after: Date }) => r.send_after > anHourOn));
    const [first] = await times(night);
    expect(Math.abs(first.send_after.getTime() - now.getTime() - 7_200_000)).toBeLessThan(60_000);
    const shown = (await times(morning)).map((r: { zone: string; send_after: Date }) =>
      r.send_after.toLocaleString('sv', { timeZone: r.zone }),
    );
    expect(shown).toEqual(Array(3).fill(`${later} 09:00:00`));
    expect((await times(morning)).map((r: { zone: string }) => r.zone)).toEqual(
      expect.arrayContaining(['America/Mexico_City', 'America/New_York', 'Asia/Tokyo']),
    );
    expect(sentFrom(shop.metaPhoneNumberId)).toEqual([]);
  });

  it('may be for all contacts, each at one of the ways they are known by', async () => {
    const shop = await aMerchant(stage.gateway.app);
    await owner().query(
      `INSERT INTO contacts (tenant_id, contact_id, name, created_at, updated_at)
       SELECT $1, ('019aa7b0-7c00-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Ana', now(), now() FROM generate_series(1, 3) n`,
      [shop.tenantId],
    );
    await owner().query(
      `INSERT INTO contact_identifiers (tenant_id, contact_id, kind, value, line)
       SELECT $1, ('019aa7b0-7c00-7000-8000-' || lpad(n::text, 12, '0'))::uuid, kind,
              CASE kind WHEN 'phone' THEN '+' ELSE '' END || '1650444000' || n, '1650444000' || n
         FROM generate_series(1, 3) n, unnest(ARRAY['phone', 'wa_id']) kind`,
      [shop.tenantId],
    );
    const { body } = await call(shop, 'POST', '', draft(shop, { audience: 'contacts' }));
    await launch(shop, body.id);
    await until(shop, body.id, 'finished');
    await eventually(async () => sentFrom(shop.metaPhoneNumberId).length === 3);
    expect(sentFrom(shop.metaPhoneNumberId).sort()).toEqual(['+16504440001', '+16504440002', '+16504440003']);
    const filter = { not: { tag: 'none' } };
    const segment = await stage.call(shop, 'POST', '/segments', { name: 'two', filter });
    expect(segment.status).toBe(201);
    const some = await call(shop, 'POST', '', draft(shop, { audience: 'segment', segment_id: segment.body.id }));
    await launch(shop, some.body.id);
    await until(shop, some.body.id, 'finished');
    expect((await progress(shop, some.body.id)).audience).toBe(3);
    const empty = await call(shop, 'POST', '', draft(shop));
    await launch(shop, empty.body.id);
    await eventually(async () => (await see(shop, empty.body.id)).cause === 'no_audience');
    expect((await see(shop, empty.body.id)).state).toBe('draft');
  });

  it('belongs to its tenant alone, and says what is wrong with a draft', async () => {
    const [shop, stranger] = [await aMerchant(stage.gateway.app), await aMerchant(stage.gateway.app)];
    await customerWrote(stage.database, shop, to(1).slice(1));
    const id = await drafted(shop, 1);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/launch'],
      ['POST', '/pause'],
      ['GET', '/report'],
      ['POST', '/preview'],
    ] as const) {
      expect((await call(stranger, method, `/${id}${path}`)).status).toBe(404);
    }
    expect((await call(stranger, 'POST', '', draft(shop))).body.error.message).toContain('phone_number_ids');
    const wrong = (more: object) => call(shop, 'POST', '', draft(shop, more));
    expect((await wrong({ variants: [{ template: 'none', language: 'en_US' }] })).body.error.message).toContain(
      'no none',
    );
    expect((await wrong({ variants: [{ template: 'spring_sale', language: 'en_US' }] })).status).toBe(400);
    expect((await wrong({ quiet_hours: { from: '25:00', until: '9' } })).status).toBe(400);
  });
});

const optOut = (shop: Merchant, line: string) =>
  owner().query(
    `WITH told AS (
       INSERT INTO consent_records (tenant_id, line, record_id, purpose, state, at, source, proof, recorded_at)
       VALUES ($1, $2, '019aa7b0-7c00-7000-8000-000000000001', 'marketing', 'withdrawn', now(), 'api', '{}', now())
       RETURNING record_id)
     INSERT INTO consent_states (tenant_id, line, purpose, state, at, source, record_id)
     SELECT $1, $2, 'marketing', 'withdrawn', now(), 'api', record_id FROM told`,
    [shop.tenantId, line],
  );
