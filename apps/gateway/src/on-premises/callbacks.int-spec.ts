import { messageIdOf } from '#libs/outbox';
import { eventually, http } from '../../../../test/support/app.js';
import { type Merchant, textTo } from '../../../../test/support/gateway.js';
import { CUSTOMER, type Json, OnPremisesStage } from '../../../../test/support/on-premises.js';
import { SettleDoubts } from '../dispatch/settle-doubts.js';

const stage = new OnPremisesStage();
let shop: Merchant;

beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(async () => {
  shop = await stage.merchant();
});
afterEach(() => stage.control('DELETE', '/faults'));

const kinds = (message: Json) => message.history.map((e: Json) => e.kind);
const statusesTold = async (ref: string) =>
  (await stage.told(shop)).flatMap((v) => v.statuses ?? []).filter((s: Json) => s.id === ref);

describe('a call that had no answer', () => {
  beforeEach(() => stage.onPremises(shop));

  it('is settled by the first status for its customer, and the message is not sent again', async () => {
    await stage.fault(shop, '/messages', { mode: 'drop_after_accept' });
    const ref = await stage.send(shop, textTo(CUSTOMER));
    const message = await stage.until(shop, ref, 'read');
    expect(kinds(message)).toEqual(expect.arrayContaining(['unknown', 'sent', 'delivered']));
    expect(await stage.taken(shop)).toHaveLength(1);
    // One that overtook the others is told before them.
    await eventually(async () => (await statusesTold(ref)).length >= 3);
    expect((await statusesTold(ref)).map((s: Json) => s.status).sort()).toEqual(['delivered', 'read', 'sent']);
  });

  it('stays in doubt when nothing was sent, also where somebody else sends to other customers', async () => {
    await stage.fault(shop, '/messages', { mode: 'drop' });
    const ref = await stage.send(shop, textTo(CUSTOMER));
    await stage.until(shop, ref, 'unknown');
    const at = String(Math.floor(Date.now() / 1000));
    const status = { id: 'gBEGforeign', status: 'sent', timestamp: at, recipient_id: '15550009999', type: 'message' };
    expect((await stage.callback(shop, { statuses: [status] })).status).toBe(200);
    await stage.until(shop, await stage.send(shop, textTo(CUSTOMER, 'next')), 'delivered', 'read');
    expect((await stage.read(shop, ref)).status).toBe('unknown');
  });

  it('is settled by a status that comes after it was parked', async () => {
    await stage.fault(shop, '/messages', { mode: 'drop' });
    const ref = await stage.send(shop, textTo(CUSTOMER));
    await stage.until(shop, ref, 'unknown');
    await stage.database.owner.query(
      `UPDATE messages SET status_at = status_at - interval '2 h' WHERE message_id = $1`,
      [messageIdOf(ref)],
    );
    await stage.worker.app.get(SettleDoubts, { strict: false }).look();
    await stage.until(shop, ref, 'parked');
    const timestamp = String(Math.floor(Date.now() / 1000));
    const status = { id: 'gBEGlate', status: 'sent', timestamp, recipient_id: CUSTOMER, type: 'message' };
    await stage.callback(shop, { statuses: [status] });
    await stage.until(shop, ref, 'sent');
  });
});

describe('a message that went over the Cloud API and had no answer', () => {
  it('is not settled by a client that the number was put on afterwards', async () => {
    await stage.control('POST', '/faults', { path: `/${shop.metaPhoneNumberId}/messages`, mode: 'drop' });
    const ref = await stage.send(shop, textTo(CUSTOMER));
    await stage.until(shop, ref, 'unknown');
    await stage.onPremises(shop);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const status = (word: string) => ({ id: 'gBEGforged', status: word, timestamp, recipient_id: CUSTOMER });
    const callback = { statuses: [status('sent'), status('delivered')] };
    // For a moment the gateway remembers the number as it was, and the client would come again.
    await eventually(async () => (await stage.callback(shop, callback)).status === 200);
    await stage.lookedAt(shop, 'waits for a message%');
    expect((await stage.read(shop, ref)).status).toBe('unknown');
  });
});

describe('a client that speaks of another merchant', () => {
  let other: Merchant;
  const taken = async (of: Merchant, mention: string) => {
    const { rows } = await stage.database.owner.query(
      `SELECT route, status FROM meta_events
        WHERE tenant_id = $1 AND position($2 IN coalesce(convert_from(raw, 'UTF8'), body::text)) > 0`,
      [of.tenantId, mention],
    );
    return rows;
  };
  beforeEach(async () => {
    other = await stage.merchant();
    await stage.onPremises(shop);
  });

  it('is heard as its own number, whatever number it names', async () => {
    const metadata = { display_phone_number: '15550009999', phone_number_id: other.metaPhoneNumberId };
    const answer = await stage.callback(shop, { metadata, waba_info: { waba_id: other.metaWabaId }, warning: 'odd' });
    expect(answer.status).toBe(200);
    const told = await eventually(async () => (await stage.told(shop)).find((v) => v.warning === 'odd'));
    expect(told.metadata.phone_number_id).toBe(shop.metaPhoneNumberId);
    expect([await taken(shop, 'odd'), await taken(other, 'odd')]).toEqual([
      [{ route: `on_premises:${shop.metaPhoneNumberId}`, status: 'done' }],
      [],
    ]);
  });

  it('in the form of Meta, nested too deep to be written again, is parked as bytes of its own number', async () => {
    const value = { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } };
    const entry = [{ id: other.metaWabaId, changes: [{ field: 'account_update', value }] }];
    const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
    const body = `{"object":"whatsapp_business_account","entry":${JSON.stringify(entry)},"x":${deep}}`;
    const { url } = (await stage.clientAtSandbox(shop)).settings.webhooks;
    expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
    expect([await taken(shop, 'DISABLED_UPDATE'), await taken(other, 'DISABLED_UPDATE')]).toEqual([
      [{ route: `on_premises:${shop.metaPhoneNumberId}`, status: 'parked' }],
      [],
    ]);
    await stage.until(other, await stage.send(other, textTo(CUSTOMER)), 'delivered', 'read');
  });
});

describe('callbacks of a client', () => {
  beforeEach(() => stage.onPremises(shop));

  it('may be repeated and come in any order: each is told once, and none moves a message backward', async () => {
    const ref = await stage.send(shop, textTo(CUSTOMER));
    await stage.until(shop, ref, 'read');
    const { id } = (await stage.taken(shop)).at(-1) as Json;
    const { data } = await stage.control('GET', '/webhooks?field=on-premises&limit=1000');
    const callbacks = data.map((w: Json) => w.body).filter((body: Json) => body.statuses?.[0].id === id);
    expect(callbacks).toHaveLength(3);
    const message = { from: CUSTOMER, id: 'ABGGonce', timestamp: '1795370000', type: 'text', text: { body: 'Once' } };
    const contacts = [{ wa_id: CUSTOMER, profile: { name: 'Ada' } }];
    for (const callback of [...callbacks].reverse().flatMap((c) => [c, c])) {
      await stage.callback(shop, callback);
      await stage.callback(shop, { contacts, messages: [message] });
    }
    await eventually(async () => {
      const { rows } = await stage.database.owner.query(
        `SELECT count(*)::int AS n FROM meta_events WHERE tenant_id = $1 AND status = 'new'`,
        [shop.tenantId],
      );
      return rows[0].n === 0;
    });
    expect((await stage.read(shop, ref)).status).toBe('read');
    // One that overtook the others is told before them.
    await eventually(async () => (await statusesTold(ref)).length >= 3);
    expect((await statusesTold(ref)).map((s: Json) => s.status).sort()).toEqual(['delivered', 'read', 'sent']);
    const once = (await stage.told(shop)).filter((v) => v.messages?.[0]?.id === 'ABGGonce');
    expect(once).toHaveLength(1);
  });

  it('say neither what a message costs nor in which year it was delivered', async () => {
    await stage.fault(shop, '/messages', { mode: 'drop' });
    const ref = await stage.send(shop, textTo(CUSTOMER));
    await stage.until(shop, ref, 'unknown');
    const pricing = { pricing_model: 'CBP', billable: false, category: 'referral_conversion' };
    const status = { id: 'gBEGdear', recipient_id: CUSTOMER, pricing };
    const now = String(Math.floor(Date.now() / 1000));
    await stage.callback(shop, { statuses: [{ ...status, status: 'sent', timestamp: now }] });
    await stage.until(shop, ref, 'sent');
    await stage.callback(shop, { statuses: [{ ...status, status: 'delivered', timestamp: '1640995200' }] });
    const { accepted_at: acceptedAt } = await stage.until(shop, ref, 'delivered');
    const { rows } = await stage.database.owner.query(
      'SELECT pricing, over_client, delivered_at FROM usage_facts WHERE message_id = $1',
      [messageIdOf(ref)],
    );
    expect(rows).toEqual([{ pricing: null, over_client: true, delivered_at: new Date(acceptedAt) }]);
    const told = await eventually(async () => (await statusesTold(ref)).find((s: Json) => s.status === 'delivered'));
    expect(told.pricing).toEqual(pricing);
  });

  it('are taken only with the secret of the address, whoever they say they come from', async () => {
    const body = { statuses: [] };
    expect((await stage.callback(shop, body, 'guessed')).status).toBe(404);
    expect((await stage.callback(shop, body, '')).status).toBe(404);
    const unknown = await http('POST', `${stage.gateway.url}/on-premises/webhooks/1?token=x`, { body });
    expect(unknown.status).toBe(404);
    expect((await stage.callback(shop, body)).status).toBe(200);
  });

  it('are kept when they cannot be read, in sight of staff, and answered like any other', async () => {
    const { url } = (await stage.clientAtSandbox(shop)).settings.webhooks;
    const answer = await fetch(url, {
      method: 'POST',
      body: '{"statuses":[',
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(200);
    const { rows } = await stage.database.owner.query(
      'SELECT status FROM meta_events WHERE tenant_id = $1 AND raw IS NOT NULL',
      [shop.tenantId],
    );
    expect(rows).toEqual([{ status: 'parked' }]);
  });
});
