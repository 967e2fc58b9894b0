import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { signBody } from '#libs/meta-cloud';
import { ProcessModule } from '#libs/process';
import { eventually, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { MetaInboundModule, MetaInboundWorkerModule } from './meta-inbound.module.js';

@Module({
  imports: [
    ProcessModule.forRoot({
      queues: ['gateway.intake', 'gateway.deliver', 'gateway.dispatch', 'billing.rate', 'engagement.inbound'],
    }),
    MetaInboundModule,
    MetaInboundWorkerModule.with({ waitMs: 10, patienceMs: 30, retryGapsMs: [] }),
  ],
})
class TestModule {}

const NOW = Math.floor(Date.now() / 1_000);

/** Meta's fields (webhooks overview, OpenAPI v23.0, and what others report, 2026-08), and one that does not exist yet. */
const FIELDS = [
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'account_update',
  'automatic_events',
  'business_capability_update',
  'business_status_update',
  'business_username_update',
  'calls',
  'flows',
  'group_lifecycle_update',
  'group_participant_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'history',
  'message_echoes',
  'message_template_components_update',
  'message_template_quality_update',
  'message_template_status_update',
  'messages',
  'messaging_handovers',
  'partner_solutions',
  'payment_configuration_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
  'smb_app_state_sync',
  'smb_message_echoes',
  'standby',
  'template_category_update',
  'template_correct_category_detection',
  'tracking_events',
  'user_id_update',
  'user_preferences',
  'a_field_of_tomorrow',
];

describe('a field of Meta', () => {
  let database: TestDatabase;
  let running: RunningApp;
  let shop: FoundedNumber;
  let at = NOW - 10_000;
  beforeAll(async () => {
    database = await cloneDatabase();
    running = await startApp(TestModule, testEnvironment(database, { LOG_LEVEL: 'silent' }));
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
  });
  beforeEach(async () => {
    shop = await foundNumber(database, 'shop');
  });

  const ask = async (sql: string, ...values: unknown[]) =>
    (await database.owner.query(sql, [shop.tenantId, ...values])).rows;
  /** @returns what became of the event */
  const told = async (field: string, value: object, id = shop.metaWabaId) => {
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id, time: ++at, changes: [{ value, field }] }],
    });
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signBody(body, 'test-app-secret') };
    expect((await fetch(`${running.url}/meta/webhooks`, { method: 'POST', body, headers })).status).toBe(200);
    return eventually(async () => {
      const [event] = await ask(
        'SELECT status, note FROM meta_events WHERE tenant_id = $1 ORDER BY event_id DESC LIMIT 1',
      );
      return event && event.status !== 'new' && event;
    });
  };

  it.each(FIELDS)('%s is kept and passed on as it came, also where its value says nothing we know', async (field) => {
    const value = { of_tomorrow: [{ id: 12_345, text: 'a' }] };
    expect(await told(field, value)).toMatchObject({ status: 'done' });
    const [event] = await ask('SELECT kind, waba_id, body::json AS body FROM tenant_events WHERE tenant_id = $1');
    expect(event).toMatchObject({ kind: field, waba_id: shop.wabaId });
    expect(event.body.entry).toMatchObject([{ id: shop.metaWabaId, changes: [{ field, value }] }]);
  });

  const limit = async () =>
    (await ask('SELECT messaging_limit FROM portfolios WHERE tenant_id = $1'))[0].messaging_limit;
  it.each([
    ['business_capability_update', { max_daily_conversations_per_business: 2_000 }, 'TIER_2K'],
    ['business_capability_update', { max_daily_conversations_per_business: 'TIER_10K' }, 'TIER_10K'],
    ['business_capability_update', { max_daily_conversations_per_business: -1 }, 'TIER_UNLIMITED'],
    ['phone_number_quality_update', { event: 'ONBOARDING', current_limit: 'TIER_100K' }, 'TIER_100K'],
    ['phone_number_quality_update', { event: 'UPGRADE', old_limit: 'TIER_50', current_limit: 'TIER_1K' }, 'TIER_1K'],
  ])('%s tells the messaging limit in the old and in the new form: %j', async (field, value, expected) => {
    await told(field, { display_phone_number: shop.displayPhoneNumber.slice(1), ...value });
    expect(await limit()).toBe(expected);
  });

  it('business_capability_update of a single number is passed on: since October 2025 the limit is the portfolio’s', async () => {
    const before = await limit();
    await told('business_capability_update', { max_daily_conversation_per_phone: 250, max_phone_numbers_per_waba: 25 });
    expect(await limit()).toBe(before);
  });

  it.each([
    [
      'message_template_status_update',
      { event: 'PAUSED', reason: null, other_info: { title: 'FIRST_PAUSE' } },
      'status',
    ],
    ['message_template_quality_update', { previous_quality_score: 'GREEN', new_quality_score: 'RED' }, 'quality'],
    // Meta's own sample of a quality update names the field of the status update (2025-10-22).
    ['message_template_status_update', { previous_quality_score: 'GREEN', new_quality_score: 'RED' }, 'quality'],
    ['template_category_update', { previous_category: 'UTILITY', new_category: 'MARKETING' }, 'category'],
  ])('%s changes the template: %j', async (field, value, column) => {
    const metaTemplateId = String(9_000_000_000 + at);
    await ask(
      `INSERT INTO templates (tenant_id, template_id, waba_id, meta_template_id, name, language, category, status,
                              status_at, components, created_at, updated_at)
       VALUES ($1, $2, $3, $4, 'order', 'en_US', 'utility', 'approved', '2020-01-01', '[]', now(), now())`,
      randomUUID(),
      shop.wabaId,
      metaTemplateId,
    );
    const state = async () =>
      (await ask('SELECT status, quality, category FROM templates WHERE tenant_id = $1'))[0][column];
    const before = await state();
    await told(field, { message_template_id: Number(metaTemplateId), message_template_language: 'en-US', ...value });
    expect(await state()).not.toBe(before);
  });

  it.each([
    ['phone_number_quality_update', { event: 'FLAGGED' }, { quality_rating: 'RED' }],
    ['phone_number_quality_update', { event: 'THROUGHPUT_UPGRADE' }, { throughput_level: 'HIGH' }],
    [
      'phone_number_name_update',
      { decision: 'APPROVED', requested_verified_name: 'Blue Shop', rejection_reason: null },
      { verified_name: 'Blue Shop' },
    ],
    ['account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, { status: 'BANNED' }],
    ['account_update', { event: 'ACCOUNT_DELETED' }, { status: 'DISCONNECTED' }],
    ['account_update', { event: 'ACCOUNT_OFFBOARDED' }, { status: 'DISCONNECTED' }],
    [
      'account_update',
      { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'X' } },
      { status: 'CONNECTED' },
    ],
  ])('%s changes the number: %j', async (field, value, expected) => {
    await told(field, { display_phone_number: shop.displayPhoneNumber.slice(1), ...value });
    expect((await ask('SELECT * FROM phone_numbers WHERE tenant_id = $1'))[0]).toMatchObject(expected);
  });

  it.each([
    ['PARTNER_REMOVED', {}, 'DISCONNECTED'],
    ['PARTNER_APP_UNINSTALLED', { partner_app_id: 'test-app' }, 'DISCONNECTED'],
    // The app of the WABA's other partner.
    ['PARTNER_APP_UNINSTALLED', { partner_app_id: '900000000000009' }, 'CONNECTED'],
  ])(
    'account_update %s %j finds its WABA by its value, since the entry names the portfolio',
    async (event, info, status) => {
      const waba_info = { waba_id: shop.metaWabaId, owner_business_id: shop.metaBusinessId, ...info };
      await told('account_update', { event, waba_info }, '310000000000001');
      expect(await ask('SELECT status FROM phone_numbers WHERE tenant_id = $1')).toEqual([{ status }]);
    },
  );

  it('account_update about one number by its digits leaves the others alone', async () => {
    const value = { event: 'PARTNER_REMOVED', phone_number: '15559999999' };
    await told('account_update', value);
    // Meta names a number that we do not have: it is none of those that we have.
    expect(await ask('SELECT status FROM phone_numbers WHERE tenant_id = $1')).toEqual([{ status: 'CONNECTED' }]);
  });

  it('calls opens the service window of who called', async () => {
    const calls = [
      { id: 'wacid.1', from: '15550007', event: 'connect', direction: 'USER_INITIATED', timestamp: String(NOW) },
    ];
    await told('calls', { metadata: { phone_number_id: shop.metaPhoneNumberId }, calls });
    expect(await ask('SELECT customer FROM service_windows WHERE tenant_id = $1')).toEqual([{ customer: '15550007' }]);
  });
});
