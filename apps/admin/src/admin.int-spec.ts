import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { ManualClock, SystemClock } from '#libs/clock';
import { firstIdAt, newId } from '#libs/ids';
import { Ledger } from '#libs/ledger';
import { messageIdOf, newMessageRef, Outbox, OutboxLanes } from '#libs/outbox';
import { ProcessModule } from '#libs/process';
import { Sessions } from '#libs/sessions';
import { STAFF_ROLES, type StaffRole } from '#libs/staff';
import { TenantEvents, WebhookEndpoint, WebhookEndpoints } from '#libs/tenant-events';
import {
  ApiKey,
  ApiKeyAuthenticator,
  People,
  Tenant,
  TenantGuard,
  Tenants,
  TenantsModule,
  TenantUser,
} from '#libs/tenants';
import { UsageFacts } from '#libs/usage';
import { Vault } from '#libs/vault';
import { http, type RunningApp, startApp, testEnvironment } from '../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { AdminModule } from './admin.module.js';
import { Rollups } from './analytics/rollups.js';
import { StaffUsers } from './identity/staff-users.js';

const PASSWORD = 'a long enough password';
const SECRET_TEXT = 'the merchant whispers';

@Controller('api/v1/whoami')
class TenantRoute {
  @UseGuards(TenantGuard) @Get() get(): string {
    return 'a tenant';
  }
}
@Module({ imports: [ProcessModule.forRoot({ queues: [] }), TenantsModule], controllers: [TenantRoute] })
class TenantAppModule {}

describe("the provider's staff", () => {
  let database: TestDatabase;
  let environment: Record<string, string>;
  let admin: RunningApp;
  let asTenants: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  let messageId: string;
  const tokens = {} as Record<StaffRole, string>;
  const now = new Date();
  const at = (second: number) => new Date(now.getTime() + second * 1_000);

  beforeAll(async () => {
    database = await cloneDatabase();
    environment = testEnvironment(database, { LOG_LEVEL: 'fatal' });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    asTenants = await connect(database.appUrl, [Tenant, TenantUser, ApiKey, WebhookEndpoint]);
    for (const role of STAFF_ROLES) {
      const email = `${role}@provider.example`;
      await admin.app.get(StaffUsers).create({ email, role, password: PASSWORD }, { who: 'a test', reason: 'a test' });
      tokens[role] = (await signIn(email)).body.access_token;
    }
    shop = await foundNumber(database, 'Zapatería 100% Sol');
    other = await foundNumber(database, 'Other shop');
    messageId = await sendOneMessage();
    const staff = await connect(database.staffUrl);
    await new Rollups(staff.db).fold(shop.tenantId);
    await staff.close();
  });
  afterAll(async () => {
    await admin.close();
    await asTenants.close();
    await database.drop();
  });

  const signIn = (email: string, password = PASSWORD) =>
    http('POST', `${admin.url}/admin/v1/sessions`, { body: { email, password } });
  const get = (path: string, role: StaffRole = 'administrator') =>
    http('GET', `${admin.url}/admin/v1${path}`, { token: tokens[role] });
  const post = (path: string, reason: string, role: StaffRole = 'administrator') =>
    http('POST', `${admin.url}/admin/v1${path}`, { token: tokens[role], body: { reason } });

  /** One delivered template message of the shop through every hand, as the other apps would leave it. */
  async function sendOneMessage(): Promise<string> {
    const { db } = asTenants;
    const clock = new ManualClock(now);
    const templateId = newId(now);
    await database.owner.query(
      `INSERT INTO templates (tenant_id, template_id, waba_id, name, language, category, status, status_at, components,
                              created_at, updated_at)
       VALUES ($1, $2, $3, 'order_update', 'es', 'UTILITY', 'APPROVED', $4, '[]', $4, $4)`,
      [shop.tenantId, templateId, shop.wabaId, now],
    );
    await database.owner.query(
      `INSERT INTO template_events (tenant_id, template_id, event_id, at, source, kind, before, after, verdict, reason)
       VALUES ($1, $2, $3, $5, 'meta-webhook', 'status', 'approved', 'paused', 'apply', 'FIRST_PAUSE'),
              ($1, $2, $4, $5, 'meta-webhook', 'status', 'paused', 'approved', 'apply', NULL)`,
      [shop.tenantId, templateId, newId(now), newId(now), now],
    );
    await database.owner.query(
      `INSERT INTO template_syncs (tenant_id, waba_id, due_at, failures, error) VALUES ($1, $2, $3, 2, 'no access')`,
      [shop.tenantId, shop.wabaId, now],
    );
    await db.inTenant(shop.tenantId, (tx) =>
      new WebhookEndpoints(new Vault([{ id: 'k', key: Buffer.alloc(32, 1) }]), clock).create(tx, shop.tenantId, {
        url: 'https://shop.example/hook?key=hush',
      }),
    );
    const { messageId: id, ref } = await new Outbox(db, clock).accept({
      tenantId: shop.tenantId,
      phoneNumberId: shop.phoneNumberId,
      recipient: '5215512345678',
      type: 'template',
      category: 'UTILITY',
      templateId,
      payload: JSON.stringify({ text: SECRET_TEXT }),
      lane: 1,
      inWindow: false,
      expiresAt: at(86_400),
    });
    await db.inTenant(shop.tenantId, async (tx) => {
      const lanes = new OutboxLanes(db);
      await lanes.claim(tx, shop.tenantId, shop.phoneNumberId, at(1), 10);
      const result = { messageId: id, attempt: 1, became: 'submitted', metaMessageId: 'wamid.META' } as const;
      await lanes.settle(tx, shop.tenantId, [result], at(2));
      const status = { messageId: id, status: 'delivered', at: at(4), metaMessageId: 'wamid.META' } as const;
      await new Outbox(db, clock).applyStatus(tx, shop.tenantId, status);
      await new TenantEvents(clock).publish(tx, shop.tenantId, {
        eventId: newId(at(4)),
        kind: 'status',
        wabaId: shop.wabaId,
        phoneNumberId: shop.phoneNumberId,
        customer: '5215512345678',
        body: { statuses: [{ id: ref, status: 'delivered' }] },
      });
      await new UsageFacts().record(tx, {
        tenantId: shop.tenantId,
        messageId: id,
        phoneNumberId: shop.phoneNumberId,
        wabaId: shop.wabaId,
        recipient: '5215512345678',
        type: 'template',
        category: 'UTILITY',
        templateId,
        inWindow: false,
        pricing: null,
        sentAt: at(3),
        deliveredAt: at(4),
      });
      const charge = {
        messageId: id,
        wabaId: shop.wabaId,
        phoneNumberId: shop.phoneNumberId,
        market: 'Mexico',
        category: 'utility',
        quantity: 1,
        unitPrice: '0.0085',
        amount: '0.0085',
        currency: 'USD',
        rule: 'pmp/regular',
        freeReason: null,
        card: { date: '2026-10-01', currency: 'USD', tier: 0 },
        billedAt: at(4),
        localDay: at(4).toISOString().slice(0, 10),
      };
      await new Ledger(clock).charge(tx, shop.tenantId, [
        { ...charge, side: 'cost', plan: null },
        { ...charge, side: 'price', plan: 'pass-through/1' },
      ]);
    });
    return id;
  }

  describe('sign in', () => {
    it('with their address in any case, and get a token of their role', async () => {
      const answer = await signIn('Support@Provider.example');
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        expires_in: 3600,
        staff: { email: 'support@provider.example', role: 'support' },
      });
    });

    it('not with a wrong password or an unknown address, which are answered alike', async () => {
      const [wrong, unknown] = [
        await signIn('support@provider.example', 'wrong'),
        await signIn('nobody@provider.example'),
      ];
      expect([wrong.status, unknown.status]).toEqual([401, 401]);
      expect(wrong.body.error.message).toBe(unknown.body.error.message);
    });

    it('no longer once their account is disabled, though their token has not expired', async () => {
      const email = 'leaver@provider.example';
      await admin.app
        .get(StaffUsers)
        .create({ email, role: 'support', password: PASSWORD }, { who: 'a test', reason: 'a test' });
      const token = (await signIn(email)).body.access_token;
      expect((await http('GET', `${admin.url}/admin/v1/tenants`, { token })).status).toBe(200);
      await database.owner.query('UPDATE staff_users SET disabled_at = now() WHERE email = $1', [email]);
      expect((await http('GET', `${admin.url}/admin/v1/tenants`, { token })).status).toBe(401);
      expect((await signIn(email)).status).toBe(401);
    });

    it('with a token that is worthless to tenants, as a tenant’s key and session are to staff', async () => {
      const tenantApp = await startApp(TenantAppModule, environment);
      try {
        const tenants = tenantApp.app.get(Tenants);
        const { apiKey } = await tenants.issueApiKey(shop.tenantId, 'test');
        const whoami = (token: string) => http('GET', `${tenantApp.url}/api/v1/whoami`, { token });
        expect((await whoami(apiKey)).status).toBe(200);
        expect((await whoami(tokens.administrator)).status).toBe(401);

        const session = tenantApp.app
          .get(Sessions)
          .issue({ subject: newId(now), tenantId: shop.tenantId, role: 'owner' });
        for (const token of [apiKey, session.accessToken]) {
          expect((await http('GET', `${admin.url}/admin/v1/tenants`, { token })).status).toBe(401);
        }
      } finally {
        await tenantApp.close();
      }
    });
  });

  it('open their first account at the command line only once per address, and that is written down', async () => {
    const users = admin.app.get(StaffUsers);
    const by = { who: 'npm run staff:create', reason: 'opened at the command line' };
    const made = await users.create({ email: 'First@provider.example', role: 'auditor', password: PASSWORD }, by);
    expect(made).toHaveProperty('staffId');
    expect(await users.create({ email: 'first@provider.example', role: 'support', password: PASSWORD }, by)).toBe(
      'taken',
    );
    const [entry] = (await get('/audit-log')).body.data;
    expect(entry).toMatchObject({
      who: by.who,
      action: 'staff.create',
      after: { email: 'first@provider.example', role: 'auditor' },
    });
    expect(JSON.stringify(entry)).not.toContain('argon2');
  });

  it('find tenants by part of a name or of a number however it is written, and by an id of Meta', async () => {
    const found = async (search: string) =>
      (await get(`/tenants?search=${encodeURIComponent(search)}`)).body.data.map((t: { name: string }) => t.name);
    const digits = shop.displayPhoneNumber.slice(1);
    expect(await found('zapat')).toEqual(['Zapatería 100% Sol']);
    expect(await found('100%')).toEqual(['Zapatería 100% Sol']);
    expect(await found('%')).toEqual(['Zapatería 100% Sol']);
    expect(await found(`+${digits[0]} (${digits.slice(1, 4)}) ${digits.slice(4)}`)).toEqual(['Zapatería 100% Sol']);
    expect(await found(other.metaWabaId)).toEqual(['Other shop']);
    expect(await found('nobody')).toEqual([]);
    expect((await found('')).length).toBe(2);
  });

  it('found a tenant and invite its owner by a link shown once, and find it by the address of whom it has', async () => {
    const found = await http('POST', `${admin.url}/admin/v1/tenants`, {
      token: tokens.onboarding,
      body: { name: 'Founded by staff', country: 'MX', owner_email: 'New@Owner.example', reason: 'signed on paper' },
    });
    expect(found.status).toBe(201);
    const [, ticket = ''] = /\/account\/join#(\S+)$/.exec(found.body.invitation_url) ?? [];
    const tenantApp = await startApp(TenantAppModule, environment);
    try {
      expect(await tenantApp.app.get(People).join(ticket, 'correct horse battery')).toMatchObject({
        tenantId: found.body.id,
      });
    } finally {
      await tenantApp.close();
    }
    for (const search of ['new@owner', found.body.id]) {
      const { body } = await get(`/tenants?search=${encodeURIComponent(search)}`);
      expect(body.data).toMatchObject([{ id: found.body.id, name: 'Founded by staff', off: null }]);
    }
    const again = { name: 'Twin', owner_email: 'new@owner.example', reason: 'signed on paper' };
    expect(
      (await http('POST', `${admin.url}/admin/v1/tenants`, { token: tokens.onboarding, body: again })).status,
    ).toBe(409);
    // The tests that count tenants go on with those they know.
    await database.owner.query(`UPDATE tenants SET name = 'elsewhere' WHERE tenant_id = $1`, [found.body.id]);
  });

  it('write notes about a tenant that it never sees', async () => {
    const note = (text: string, role: StaffRole) =>
      http('POST', `${admin.url}/admin/v1/tenants/${shop.tenantId}/notes`, { token: tokens[role], body: { text } });
    expect((await note('asks for invoices on paper', 'support')).status).toBe(201);
    expect((await note('me too', 'auditor')).status).toBe(403);
    expect((await get(`/tenants/${shop.tenantId}/notes`)).body.data).toMatchObject([
      { who: 'support@provider.example', text: 'asks for invoices on paper' },
    ]);
    await expect(asTenants.db.inTenant(shop.tenantId, (tx) => tx.query('SELECT * FROM tenant_notes'))).rejects.toThrow(
      'permission denied',
    );
  });

  it('page through more tenants than fit on a page, each once', async () => {
    const page = await cloneOfManyTenants(120);
    const names: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await get(`/tenants?search=crowd${cursor}`);
      names.push(...body.data.map((t: { name: string }) => t.name));
      if (!body.next) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(names.length).toBe(page);
    expect(new Set(names).size).toBe(page);
  });

  async function cloneOfManyTenants(count: number): Promise<number> {
    const ids = Array.from({ length: count }, (_, i) => newId(new Date(Date.UTC(2020, 0, 1) + i)));
    await database.owner.query(
      `INSERT INTO tenants (tenant_id, name, created_at) SELECT id, 'crowd ' || n, now()
         FROM unnest($1::uuid[]) WITH ORDINALITY AS t(id, n)`,
      [ids],
    );
    return count;
  }

  it('see a tenant on one page: number, headroom, template, traffic, charges, webhook', async () => {
    const { status, body } = await get(`/tenants/${shop.tenantId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'Zapatería 100% Sol',
      status: 'active',
      portfolios: [{ messaging_limit: 'TIER_250' }],
      wabas: [{ currency: 'USD' }],
      numbers: [
        {
          display_phone_number: shop.displayPhoneNumber,
          status: 'CONNECTED',
          tier: { limit: 250, used: 1, remaining: 249 },
        },
      ],
      templates: [{ name: 'order_update', status: 'APPROVED' }],
      template_news: [{ name: 'order_update', after: 'paused', reason: 'FIRST_PAUSE' }],
      template_syncs: [{ failures: 2, error: 'no access', synced_at: null }],
      messages: { accepted: 1, sent: 1, delivered: 1, read: 0, failures: [] },
      plan: null,
      wallet: null,
      spend: { by_currency: [{ currency: 'USD', cost: '0.0085', price: '0.0085', margin: '0.0000' }] },
      open_signups: [],
      webhooks: [{ url: 'https://shop.example/hook', enabled: true, waiting: 1, dead: 0 }],
    });
    expect(body.last_charges).toHaveLength(2);
    expect(JSON.stringify(body)).not.toMatch(/hush|sealed|whisper/);
    expect((await get(`/tenants/${newId(now)}`)).status).toBe(404);
    // Who sells or helps does not see what the provider itself pays.
    const helper = (await get(`/tenants/${shop.tenantId}`, 'support')).body;
    expect(helper.last_charges.map((c: { side: string }) => c.side)).toEqual(['price']);
    expect(JSON.stringify(helper)).not.toMatch(/"(cost|margin)"/);
  });

  it('see traffic, failures and margin over days, told apart as they ask', async () => {
    const today = now.toISOString().slice(0, 10);
    const row = { day: today, tenant_id: shop.tenantId, market: 'Mexico' };
    const traffic = await get('/analytics/traffic?by=day,tenant,market&category=utility');
    expect(traffic.body.data).toEqual([{ ...row, ...funnel({ accepted: 1, sent: 1, delivered: 1 }) }]);
    expect((await get('/analytics/failures?by=')).body.data).toEqual([]);
    const spend = await get('/analytics/spend?by=day,tenant,market');
    expect(spend.body.data).toEqual([{ ...row, currency: 'USD', cost: '0.0085', price: '0.0085', margin: '0.0000' }]);
    expect((await get('/analytics/traffic?to=2020-01-01')).body.data).toEqual([]);
    for (const wrong of ['by=colour', 'from=2026-02-30', 'from=2026-11-02&to=2026-11-01', 'from=2020-01-01']) {
      expect((await get(`/analytics/traffic?${wrong}`)).status).toBe(400);
    }
  });
  const funnel = (some: object) => ({
    accepted: 0,
    open: 0,
    sent: 0,
    delivered: 0,
    read: 0,
    failed: 0,
    expired: 0,
    cancelled: 0,
    ...some,
  });

  it('see a signup that is not finished with its steps', async () => {
    const signupId = newId(now);
    await database.owner.query(
      `INSERT INTO signups (tenant_id, signup_id, kind, state, created_at, updated_at)
       VALUES ($1, $2, 'embedded', 'failed', $3, $3)`,
      [other.tenantId, signupId, now],
    );
    await database.owner.query(
      `INSERT INTO signup_steps (tenant_id, signup_id, step, state, attempts, updated_at)
       VALUES ($1, $2, 'exchange-code', 'done', 1, $3), ($1, $2, 'prove-access', 'failed', 2, $4)`,
      [other.tenantId, signupId, now, at(1)],
    );
    const { body } = await get(`/tenants/${other.tenantId}`);
    expect(body.open_signups).toMatchObject([
      {
        state: 'failed',
        steps: [
          { step: 'exchange-code', state: 'done' },
          { step: 'prove-access', state: 'failed', attempts: 2 },
        ],
      },
    ]);
  });

  it('trace a message through all hands by the reference that the tenant knows, without what it says', async () => {
    const { status, body } = await get(`/messages/${encodeURIComponent(newMessageRef(messageId))}`, 'support');
    expect(status).toBe(200);
    expect(body.message).toMatchObject({
      tenant_id: shop.tenantId,
      status: 'delivered',
      meta_message_id: 'wamid.META',
    });
    expect(body.template).toMatchObject({ name: 'order_update' });
    expect(body.events.map((e: { hand: string; kind: string }) => `${e.hand} ${e.kind}`)).toEqual([
      'paloma accepted',
      'paloma sending',
      'paloma submitted',
      'meta delivered',
      'usage usage-fact',
      'billing cost',
      'billing price',
    ]);
    expect(body.webhook_deliveries).toMatchObject([{ kind: 'status', status: 'waiting', attempts: 0 }]);
    expect(body.charges).toMatchObject([
      { side: 'cost', rule: 'pmp/regular', card_date: '2026-10-01' },
      { side: 'price' },
    ]);
    expect(body.journal).toHaveLength(1);
    expect(body.journal[0].postings).toHaveLength(4);
    expect(JSON.stringify(body)).not.toContain(SECRET_TEXT);

    expect((await get(`/messages/${messageId}`)).body.message.ref).toBe(newMessageRef(messageId));
    for (const nobodys of [newMessageRef(newId(now)), newId(now), 'wamid.META', 'x']) {
      expect((await get(`/messages/${nobodys}`)).status).toBe(404);
    }
  });

  it('list a tenant’s messages without what they say, and no other tenant’s', async () => {
    const { body } = await get(`/tenants/${shop.tenantId}/messages?status=delivered`);
    expect(body.data).toMatchObject([{ id: messageId, ref: newMessageRef(messageId), status: 'delivered' }]);
    expect(messageIdOf(body.data[0].ref)).toBe(messageId);
    expect(JSON.stringify(body)).not.toContain(SECRET_TEXT);
    expect((await get(`/tenants/${other.tenantId}/messages`)).body.data).toEqual([]);
    expect((await get(`/tenants/${shop.tenantId}/messages?status=flying`)).status).toBe(400);
  });

  it('see everything that is parked, across tenants and for one, with its reason', async () => {
    const id = firstIdAt(at(9));
    const nobody = '00000000-0000-0000-0000-000000000000';
    await database.owner.query(
      `INSERT INTO meta_events (tenant_id, event_id, route, field, body, status, note)
       VALUES ($1, $2, 'waba:1', 'messages', $3, 'parked', 'nobody has this WABA')`,
      [nobody, id, JSON.stringify({ text: SECRET_TEXT })],
    );
    await database.owner.query(
      `UPDATE usage_facts SET status = 'parked', parked_reason = 'no_rate' WHERE message_id = $1`,
      [messageId],
    );
    const { body } = await get('/parked', 'auditor');
    expect(body).toMatchObject({
      usage_facts: [{ tenant_id: shop.tenantId, message_ref: newMessageRef(messageId), reason: 'no_rate' }],
      messages: [],
      meta_events: [{ tenant_id: nobody, route: 'waba:1', note: 'nobody has this WABA' }],
      webhook_deliveries: [],
    });
    expect(JSON.stringify(body)).not.toContain(SECRET_TEXT);
    const ofOther = (await get(`/parked?tenant_id=${other.tenantId}`)).body;
    const nothing = { usage_facts: [], messages: [], meta_events: [], webhook_deliveries: [], on_premises_clients: [] };
    expect(ofOther).toEqual(nothing);
  });

  it('see which On-Premises client is not connected, and why, without its secrets', async () => {
    await database.owner.query(
      `INSERT INTO on_premises_clients (tenant_id, phone_number_id, state, state_at, revision, url, user_name,
              sealed_password, check_contacts, callback_url, sealed_callback_secret, health, last_error, check_due_at,
              created_at, updated_at)
       VALUES ($1, $2, 'active', now(), $2, 'https://client.example', 'admin', 'sealed-1', false, 'https://here', 'sealed-2',
              'unreachable', 'no answer', now(), now(), now())`,
      [shop.tenantId, shop.phoneNumberId],
    );
    const parked = (await get('/parked', 'support')).body;
    expect(parked.on_premises_clients).toEqual([
      expect.objectContaining({
        tenant_id: shop.tenantId,
        phone_number_id: shop.phoneNumberId,
        health: 'unreachable',
        last_error: 'no answer',
      }),
    ]);
    const page = (await get(`/tenants/${shop.tenantId}`)).body;
    expect(page.numbers[0].on_premises).toMatchObject({ state: 'active', url: 'https://client.example' });
    expect(JSON.stringify([parked, page])).not.toMatch(/sealed-\d/);
  });

  describe('suspend a tenant', () => {
    it('with a reason, and its key shows it at once; who, why, before and after are in the audit log', async () => {
      const tenants = new Tenants(asTenants.db, new SystemClock());
      const { apiKey } = await tenants.issueApiKey(shop.tenantId, 'live');
      const statusByKey = async () =>
        (await new ApiKeyAuthenticator(asTenants.db, new SystemClock()).authenticate(apiKey))?.tenantStatus;

      expect(await post(`/tenants/${shop.tenantId}/suspend`, 'spam')).toMatchObject({
        status: 200,
        body: { id: shop.tenantId, status: 'suspended' },
      });
      expect(await statusByKey()).toBe('suspended');
      expect((await post(`/tenants/${shop.tenantId.toUpperCase()}/suspend`, 'again')).status).toBe(409);
      expect((await post(`/tenants/${shop.tenantId}/resume`, 'was a mistake')).status).toBe(200);
      expect(await statusByKey()).toBe('active');

      const { body } = await get(`/audit-log?tenant_id=${shop.tenantId}`, 'auditor');
      expect(body.data.slice(0, 2)).toMatchObject([
        {
          action: 'tenant.resume',
          before: { off: 'sending' },
          after: { off: null },
          reason: 'was a mistake',
        },
        {
          who: 'administrator@provider.example',
          action: 'tenant.suspend',
          object: `tenant:${shop.tenantId}`,
          before: { off: null },
          after: { off: 'sending' },
          reason: 'spam',
          from_address: '127.0.0.1',
          request_id: expect.any(String),
        },
      ]);
    });

    it('not without saying why, not one that does not exist, and not one that is closed', async () => {
      expect((await post(`/tenants/${shop.tenantId}/suspend`, '')).status).toBe(400);
      expect((await post(`/tenants/${newId(now)}/suspend`, 'spam')).status).toBe(404);
      const closed = await foundNumber(database, 'closed');
      await database.owner.query(`UPDATE tenants SET status = 'closed' WHERE tenant_id = $1`, [closed.tenantId]);
      expect((await post(`/tenants/${closed.tenantId}/resume`, 'please')).status).toBe(409);
    });

    it('and leave the tenant as it was when the audit entry cannot be written', async () => {
      await database.owner.query(`ALTER TABLE audit_log ADD CONSTRAINT planted CHECK (reason <> 'unwritable')`);
      try {
        expect((await post(`/tenants/${other.tenantId}/suspend`, 'unwritable')).status).toBe(500);
      } finally {
        await database.owner.query('ALTER TABLE audit_log DROP CONSTRAINT planted');
      }
      expect((await get(`/tenants/${other.tenantId}`)).body.status).toBe('active');
    });
  });

  describe('are kept apart from what is not theirs:', () => {
    const refused = (sql: string, url: string) =>
      connect(url).then(async (c) => {
        try {
          return await c.db.query(sql).then(
            () => 'allowed',
            (e: Error) => e.message,
          );
        } finally {
          await c.close();
        }
      });

    it.each([
      'SELECT * FROM staff_users',
      "UPDATE staff_users SET role = 'administrator'",
      'SELECT * FROM audit_log',
      "INSERT INTO audit_log (entry_id, at, who, action, object, reason) VALUES (gen_random_uuid(), now(), '-', '-', '-', '-')",
    ])('tenants’ apps may not %s', async (sql) => {
      expect(await refused(sql, database.appUrl)).toMatch(/permission denied/);
    });

    it.each([
      "UPDATE audit_log SET who = '-'",
      'DELETE FROM audit_log',
      'TRUNCATE audit_log',
      "UPDATE tenants SET name = '-'",
      'DELETE FROM tenants',
      "UPDATE messages SET status = 'failed'",
      'DELETE FROM staff_users',
    ])('staff’s app may not %s', async (sql) => {
      expect(await refused(sql, database.staffUrl)).toMatch(/permission denied/);
    });

    it.each(["UPDATE audit_log SET who = '-'", 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
      'not even the owner of the database may %s without tearing down the guard first',
      async (sql) => {
        await expect(database.owner.query(sql)).rejects.toThrow('append-only');
      },
    );

    it('staff’s app changes no status of a tenant outside that tenant’s scope', async () => {
      const staff = await connect(database.staffUrl);
      try {
        await staff.db.asStaff((tx) => tx.query("UPDATE tenants SET status = 'closed'"));
        expect((await get(`/tenants/${other.tenantId}`)).body.status).toBe('active');
      } finally {
        await staff.close();
      }
    });
  });
});
