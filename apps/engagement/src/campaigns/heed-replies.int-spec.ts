import fc from 'fast-check';
import { newId } from '#libs/ids';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { CampaignCounts, sumOf } from './campaign-counts.js';
import { HeedReplies } from './heed-replies.js';

const noon = new Date('2026-11-23T12:00:00.000Z');
const MINUTE = 60_000;
const DAYS_3 = 3 * 24 * 60;
const later = (minutes: number, from = noon) => new Date(from.getTime() + minutes * MINUTE);

let database: TestDatabase;
let connection: Awaited<ReturnType<typeof connect>>;
let shop: FoundedNumber;
const counts = new CampaignCounts();
const replies = new HeedReplies(counts);

beforeAll(async () => {
  database = await cloneDatabase();
  connection = await connect(database.appUrl, []);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});
beforeEach(async () => {
  shop = await foundNumber(database, 'shop');
});

/** A campaign that the gateway took one message of, at an instant. */
async function sentTo(line: string, at = noon, { state = 'accepted', variant = 0 } = {}): Promise<string> {
  const campaignId = newId(at);
  await database.owner.query(
    `INSERT INTO campaigns (tenant_id, campaign_id, waba_id, name, state, plan, audience, created_at, updated_at)
     VALUES ($1, $2, $3, 'Sale', 'running', '{}', '{}', $4, $4)`,
    [shop.tenantId, campaignId, shop.wabaId, at],
  );
  await database.owner.query(
    `INSERT INTO campaign_recipients (tenant_id, campaign_id, line, customer, attributes, state, variant, message_id)
     VALUES ($1, $2, $3, $3, '{}', $4, $5, $6)`,
    [shop.tenantId, campaignId, line, state, variant, newId(at)],
  );
  return campaignId;
}
const heard = (customer: string, at: Date, type = 'text', payload: object = {}, tenantId = shop.tenantId) =>
  connection.db.inTenant(tenantId, (tx) => replies.heard(tx, tenantId, [{ customer, type, at, payload }]));
async function of(campaignId: string): Promise<{ replied: number; clicked: number }> {
  const all = await connection.db.inTenant(shop.tenantId, (tx) => counts.of(tx, shop.tenantId, [campaignId]));
  return { replied: sumOf(all, 'replied'), clicked: sumOf(all, 'clicked') };
}

describe('an answer to a campaign', () => {
  it('counts once, however much the customer writes', async () => {
    const sale = await sentTo('16505550001');
    for (const minutes of [5, 6, 600]) await heard('16505550001', later(minutes));
    expect(await of(sale)).toEqual({ replied: 1, clicked: 0 });
  });

  it('is known in the other form of the number', async () => {
    const sale = await sentTo('525512340001');
    await heard('5215512340001', later(5));
    expect(await of(sale)).toEqual({ replied: 1, clicked: 0 });
  });

  it('is a click where a button or form of the template was used, also after words, and not where a bot’s menu was', async () => {
    const [button, form, menu] = [await sentTo('1'), await sentTo('2'), await sentTo('3')];
    await heard('1', later(5));
    await heard('1', later(6), 'button', { button: { text: 'Show me' } });
    await heard('1', later(7), 'button', { button: { text: 'Show me' } });
    await heard('2', later(5), 'interactive', { interactive: { type: 'nfm_reply' } });
    await heard('3', later(5), 'interactive', { interactive: { type: 'button_reply', button_reply: { id: 's' } } });
    expect(await of(button)).toEqual({ replied: 1, clicked: 1 });
    expect(await of(form)).toEqual({ replied: 1, clicked: 1 });
    expect(await of(menu)).toEqual({ replied: 1, clicked: 0 });
  });

  it('belongs to the campaign that came last, by its variant', async () => {
    const earlier = await sentTo('16505550002');
    const newer = await sentTo('16505550002', later(60), { variant: 1 });
    await heard('16505550002', later(30));
    await heard('16505550002', later(90));
    expect([await of(earlier), await of(newer)]).toEqual([
      { replied: 1, clicked: 0 },
      { replied: 1, clicked: 0 },
    ]);
    const counted = await connection.db.inTenant(shop.tenantId, (tx) => counts.of(tx, shop.tenantId, [newer]));
    expect(counted).toMatchObject([{ variant: 1, what: 'replied' }]);
  });

  it('is none of who was never sent it, nor of another merchant’s customer', async () => {
    const refused = await sentTo('16505550003', noon, { state: 'refused' });
    const sale = await sentTo('16505550004');
    const other = await foundNumber(database, 'other');
    await heard('16505550003', later(5));
    await heard('16505550005', later(5));
    await heard('16505550004', later(5), 'text', {}, other.tenantId);
    expect([await of(refused), await of(sale)]).toEqual([
      { replied: 0, clicked: 0 },
      { replied: 0, clicked: 0 },
    ]);
  });

  it('is what comes after the message, within three days, and nothing else', async () => {
    const edges = fc.constantFrom(-1, 1, DAYS_3 - 1, DAYS_3 + 1);
    let customers = 16_505_560_000;
    await fc.assert(
      fc.asyncProperty(fc.oneof(edges, fc.integer({ min: -DAYS_3, max: 2 * DAYS_3 })), async (minutes) => {
        fc.pre(minutes !== 0 && minutes !== DAYS_3);
        const customer = String(++customers);
        const sale = await sentTo(customer);
        await heard(customer, later(minutes));
        expect((await of(sale)).replied).toBe(minutes > 0 && minutes < DAYS_3 ? 1 : 0);
      }),
      { numRuns: 40 },
    );
  });
});
