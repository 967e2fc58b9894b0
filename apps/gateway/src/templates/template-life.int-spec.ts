import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { House, type Json } from '../../../../test/contract/clients/house.js';
import { eventually, http } from '../../../../test/support/app.js';
import { templateTo } from '../../../../test/support/gateway.js';

const HOUR = 3_600_000;
let house: House;
let shop: Awaited<ReturnType<House['merchant']>>;

beforeAll(async () => {
  house = await new House().start();
});
afterAll(() => house.stop());
beforeEach(async () => {
  shop = await house.merchant();
});

const BODY = { type: 'BODY', text: 'Hello {{1}}, it is on its way.', example: { body_text: [['Ada']] } };
const native = (method: string, path: string, body?: unknown) =>
  http(method, `${house.gateway.url}/api/v1/templates${path}`, {
    token: shop.apiKey,
    ...(body === undefined ? {} : { body }),
  });
const template = async (id: string): Promise<Json> => (await native('GET', `/${id}`)).body;
const decide = (id: string, decision: object) => house.control('POST', `/templates/${id}`, decision);
const advance = (ms: number) => house.control('POST', '/clock', { advance_ms: ms });
const now = async () => new Date((await house.control('GET', '/clock')).now).getTime();
const message = async (ref: string): Promise<Json> =>
  (await http('GET', `${house.gateway.url}/api/v1/messages/${ref}`, { token: shop.apiKey })).body;
const until = (ref: string, status: string) =>
  eventually(async () => {
    const seen = await message(ref);
    return seen.status === status ? seen : false;
  });
const atMeta = async (): Promise<Json[]> =>
  (await house.control('GET', `/messages?phone_number_id=${shop.metaPhoneNumberId}&limit=200`)).data;
const told = async (kind: string): Promise<Json[]> =>
  (
    await house.database.owner.query('SELECT body FROM tenant_events WHERE tenant_id = $1 AND kind = $2', [
      shop.tenantId,
      kind,
    ])
  ).rows.map((row) => JSON.parse(row.body).entry[0].changes[0].value);
/** Meta decides and its webhook never comes. */
const unheard = async (doing: () => Promise<unknown>) => {
  const path = `${house.sandbox.url}/v24.0/${shop.metaWabaId}/subscribed_apps`;
  const token = `token-of-${shop.metaWabaId}`;
  await http('DELETE', path, { token });
  await doing();
  await http('POST', path, { token, body: {} });
};
const compared = async () => {
  const before = (await native('GET', '/sync')).body.data[0].synced_at;
  await advance(1_000);
  expect((await native('POST', '/sync', {})).status).toBe(202);
  return eventually(async () => {
    const [sync] = (await native('GET', '/sync')).body.data;
    return sync.synced_at !== null && sync.synced_at !== before ? sync : false;
  });
};
const send = async (name: string, more: object = {}): Promise<string> => {
  const answer = await http('POST', `${house.gateway.url}/api/v1/messages`, {
    token: shop.apiKey,
    body: { phone_number_id: shop.metaPhoneNumberId, ...templateTo('+16505551234', name), ...more },
  });
  expect(answer.body).toMatchObject({ ref: expect.any(String) });
  return answer.body.ref;
};
const approved = (name: string) => house.template(shop, name, { category: 'UTILITY', components: [BODY] });

describe('what waits for a template', () => {
  it('does not reach Meta while the template is paused, and goes out when Meta lifts the pause', async () => {
    const id = await approved('paused_for_hours');
    const ref = await send('paused_for_hours', { send_at: new Date((await now()) + HOUR).toISOString() });
    await decide(id, { status: 'PAUSED' });
    expect((await until(ref, 'parked')).history.at(-1).detail).toMatchObject({ reason: 'template_paused' });
    const paused = await template(id);
    expect(paused).toMatchObject({ status: 'paused', sendable: false, reason: 'FIRST_PAUSE' });
    expect(paused.advice).toContain(paused.pause_ends_at);
    // A process may take the template for approved for a moment longer; what it accepts then waits as well.
    let accepted = 1;
    await eventually(async () => {
      const answer = await http('POST', `${house.gateway.url}/${shop.metaPhoneNumberId}/messages`, {
        token: shop.apiKey,
        body: templateTo(`+1650555${2_000 + accepted}`, 'paused_for_hours'),
      });
      if (answer.status === 200) accepted++;
      return answer.body.error?.code === 132015;
    });

    await advance(2 * HOUR);
    expect(await message(ref)).toMatchObject({ status: 'parked' });
    expect(await atMeta()).toEqual([]);
    await advance(1.5 * HOUR);
    await eventually(async () => (await atMeta()).length === accepted, 60_000);
    expect((await template(id)).history.map((e: Json) => e.after)).toEqual(
      expect.arrayContaining(['paused', 'approved']),
    );
  });

  it('expires where the pause outlasts its time to live, and the tenant is told', async () => {
    const id = await approved('paused_for_days');
    const ref = await send('paused_for_days', { send_at: new Date((await now()) + HOUR).toISOString() });
    await unheard(() => decide(id, { status: 'PAUSED' }));
    await compared();
    await until(ref, 'parked');
    await unheard(() => advance(30 * HOUR));
    await until(ref, 'expired');
    expect((await told('status')).map((v) => v.statuses[0])).toMatchObject([{ id: ref, status: 'failed' }]);
  });

  it('fails when the template is disabled, with Meta’s code', async () => {
    const id = await approved('disabled_later');
    const ref = await send('disabled_later', { send_at: new Date((await now()) + HOUR).toISOString() });
    await decide(id, { status: 'DISABLED' });
    expect((await until(ref, 'failed')).error).toMatchObject({ code: 132016 });
    expect(await atMeta()).toEqual([]);
  });
});

describe("Meta's list", () => {
  it('repairs what webhooks did not tell, and tells it as they would have', async () => {
    const [moved, gone] = [await approved('moved_unheard'), await approved('gone_unheard')];
    await compared();
    const made = await unheard(async () => {
      await decide(moved, { status: 'PAUSED', category: 'MARKETING', quality: 'RED' });
      await http('DELETE', `${house.sandbox.url}/v24.0/${gone}`, { token: `token-of-${shop.metaWabaId}` });
      await house.control('POST', '/templates', {
        waba_id: shop.metaWabaId,
        name: 'made_in_manager',
        category: 'MARKETING',
        components: [BODY],
      });
    });
    expect(made).toBeUndefined();
    const sync = await compared();
    expect(sync).toMatchObject({ error: null, drift: { imported: 1, gone: 1, changed: 3 } });
    const now = await template(moved);
    expect(now).toMatchObject({ status: 'paused', category: 'marketing', category_before: 'utility', quality: 'red' });
    expect(
      now.history
        .filter((e: Json) => e.source === 'meta-poll')
        .map((e: Json) => e.kind)
        .sort(),
    ).toEqual(['category', 'quality', 'status']);
    expect(await told('message_template_status_update')).toMatchObject([
      { event: 'PAUSED', message_template_name: 'moved_unheard' },
      { event: 'DELETED', message_template_name: 'gone_unheard' },
    ]);
    expect(await told('template_category_update')).toMatchObject([{ new_category: 'MARKETING' }]);
    expect((await native('GET', '?name=made_in_manager')).body.data).toMatchObject([{ status: 'approved' }]);
    expect((await native('GET', '?name=gone_unheard')).body.data).toEqual([]);
    expect((await compared()).drift).toEqual({ imported: 0, gone: 0, changed: 0 });
  });

  it('that cannot be had is asked for again later, and the tenant sees why', async () => {
    await compared();
    await house.control('POST', '/faults', {
      path: `/${shop.metaWabaId}/message_templates`,
      mode: 'error',
      http_status: 400,
      code: 10,
      count: 1,
    });
    await advance(1_000);
    await native('POST', '/sync', {});
    const failed = await eventually(async () => {
      const [sync] = (await native('GET', '/sync')).body.data;
      return sync.error ? sync : false;
    }, 60_000);
    expect(failed.synced_at).not.toBeNull();
    expect(new Date(failed.next_at).getTime()).toBeGreaterThan(new Date(failed.failed_at).getTime());
    expect((await compared()).error).toBeNull();
  });
});

describe('a tenant', () => {
  const draft = (name: string) => ({ name, language: 'en_US', category: 'UTILITY', components: [BODY] });

  it('creates, edits and deletes a template within Meta’s limits, and reads its life', async () => {
    const made = (await native('POST', '', draft('whole_life'))).body;
    expect(made).toMatchObject({ status: 'pending', sendable: false, waba_id: shop.metaWabaId });
    await decide(made.meta_template_id, { status: 'REJECTED', reason: 'PROMOTIONAL' });
    await eventually(async () => (await template(made.id)).status === 'rejected');
    expect((await template(made.id)).advice).toMatch(/marketing.*WhatsApp Manager/);
    const better = { components: [{ ...BODY, text: 'Hello {{1}}, it leaves us today.' }] };
    expect((await native('PATCH', `/${made.id}`, better)).body).toMatchObject({ status: 'pending', reason: null });
    await decide(made.meta_template_id, { status: 'APPROVED' });
    await eventually(async () => (await template(made.id)).status === 'approved');

    // Approved, it may be edited once in 24 hours.
    await advance(1_000);
    expect((await native('PATCH', `/${made.id}`, better)).status).toBe(200);
    await decide(made.meta_template_id, { status: 'APPROVED' });
    await eventually(async () => (await template(made.id)).status === 'approved');
    const soon = await native('PATCH', `/${made.id}`, better);
    expect([soon.status, soon.body.error.message]).toEqual([400, expect.stringMatching(/once in 24 hours/)]);
    const other = await native('PATCH', `/${made.id}`, { category: 'MARKETING' });
    expect(other.body.error.message).toMatch(/approved template stays/);

    expect((await native('DELETE', `/${made.id}`)).status).toBe(204);
    const end = await template(made.id);
    expect(end).toMatchObject({ status: 'deleted', advice: expect.stringContaining('can be used again') });
    expect(end.history.map((e: Json) => e.kind)).toEqual(
      expect.arrayContaining(['create', 'edit', 'status', 'delete']),
    );
    expect((await native('DELETE', `/${made.id}`)).status).toBe(404);
    const again = await native('POST', '', draft('whole_life'));
    expect(again.body.error).toMatchObject({ code: 'template_name_reserved' });
  });

  it('sees a change of category from its notice on, and sends in the new one once it has come', async () => {
    const id = await approved('soon_marketing');
    await decide(id, { correct_category: 'MARKETING' });
    const noticed = await eventually(async () => {
      const seen = await template(id);
      return seen.category_change ? seen : false;
    });
    expect(noticed).toMatchObject({ category: 'utility', category_change: { to: 'marketing' } });
    expect((await message(await send('soon_marketing'))).category).toBe('utility');
    await advance(24 * HOUR);
    const moved = await eventually(async () => {
      const seen = await template(id);
      return seen.category === 'marketing' ? seen : false;
    });
    expect(moved).toMatchObject({ category_before: 'utility' });
    expect(moved).not.toHaveProperty('category_change');
    await eventually(async () => (await message(await send('soon_marketing'))).category === 'marketing');
  });

  it('hears of every mistake by its place, without submitting', async () => {
    const wrong = { ...draft('Wrong'), components: [{ type: 'BODY', text: '{{1}} hello' }] };
    const checked = (await native('POST', '/check', wrong)).body.problems;
    expect(checked.map((p: Json) => [p.code, p.at])).toEqual([
      ['name_invalid', 'name'],
      ['variable_at_edge', 'components[0].text'],
      ['example_missing', 'components[0].example.body_text'],
    ]);
    const refused = await native('POST', '', wrong);
    expect(Object.keys(refused.body.error.fields)).toEqual(checked.map((p: Json) => p.at));
  });

  it('is told when a pause cannot be ended, and ends one that pacing began', async () => {
    const id = await approved('paced');
    expect((await native('POST', `/${id}/unpause`)).body.error.message).toMatch(/only a paused one/);
    await decide(id, { status: 'PAUSED' });
    await eventually(async () => (await template(id)).status === 'paused');
    expect((await native('POST', `/${id}/unpause`)).body).toMatchObject({ status: 'approved' });
  });

  it('carries templates over to another account of the same business, and finds them there', async () => {
    await approved('carried');
    const paused = await approved('left_behind');
    await decide(paused, { status: 'PAUSED' });
    const { portfolio_id: portfolioId } = (
      await house.database.owner.query('SELECT portfolio_id FROM wabas WHERE waba_id = $1', [shop.wabaId])
    ).rows[0];
    const business = house.sandbox.meta.world.get('waba', shop.metaWabaId)?.businessId;
    const other = `${shop.metaWabaId}9`;
    await house.control('POST', '/wabas', { id: other, business_id: business, subscribed: true });
    await house.control('POST', '/tokens', { value: `token-of-${other}`, waba_ids: [other, shop.metaWabaId] });
    const { app } = house.gateway;
    await app.get(Database).inTenant(shop.tenantId, (tx) =>
      app.get(Wabas).saveWaba(tx, shop.tenantId, {
        portfolioId,
        metaWabaId: other,
        name: 'Shop',
        currency: 'USD',
        timezone: 'UTC',
        token: `token-of-${other}`,
      }),
    );
    const carried = await native('POST', '/carry', { from_waba_id: shop.metaWabaId, to_waba_id: other });
    expect(carried.body.migrated).toHaveLength(3);
    expect(Object.keys(carried.body.failed)).toEqual([paused]);
    await eventually(
      async () => (await native('GET', `?waba_id=${other}&name=carried`)).body.data.length === 1,
      60_000,
    );
    expect((await native('POST', '/carry', { from_waba_id: '1', to_waba_id: other })).status).toBe(404);
  });

  it('submits a ready template in all its languages with one call', async () => {
    const { data } = (await native('POST', '/library/order_shipped', {})).body;
    expect(data).toMatchObject([
      { language: 'es', status: 'PENDING' },
      { language: 'pt_BR', status: 'PENDING' },
      { language: 'en', status: 'PENDING' },
    ]);
    const again = await native('POST', '/library/order_shipped', { languages: ['es'] });
    expect(again.status).toBe(400);
  });
});
