import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { newId } from '#libs/ids';
import { MediaStore } from '#libs/media-store';
import { Database } from '#libs/persistence';
import type { Retention } from '#libs/privacy';
import { NUMBER, SOMEBODY } from '../../../../test/support/customer-life.js';
import { Forgetting } from '../../../../test/support/forgetting.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { filesOf } from './files-of-customer.js';
import { ForgetBodies } from './forget-bodies.js';
import { knowCustomer } from './know-customer.js';

const DAY_MS = 86_400_000;
/** So long ago that Meta reports no more on it. */
const at = new Date(Date.now() - 3 * DAY_MS);

/** Messages that name a file otherwise than as what they are. */
const NAMED_WITHIN = {
  'the header of a template': (id: string) => ({
    template: { name: 'bill', components: [{ type: 'header', parameters: [{ type: 'document', document: { id } }] }] },
  }),
  'the header of an interactive message': (id: string) => ({
    interactive: { type: 'button', header: { type: 'image', image: { id: Number(id) } }, body: { text: 'Yes?' } },
  }),
  'a card of a carousel': (id: string) => ({
    template: {
      components: [
        {
          type: 'carousel',
          cards: [{ components: [{ type: 'header', parameters: [{ type: 'image', image: { id } }] }] }],
        },
      ],
    },
  }),
};

describe('the files of a customer', () => {
  let forgetting: Forgetting;
  let shop: FoundedNumber;

  beforeAll(async () => {
    forgetting = await Forgetting.start();
  });
  beforeEach(async () => {
    shop = await foundNumber(forgetting.database, 'Shop');
  });
  afterAll(() => forgetting.close());

  const sql = async (text: string, ...values: unknown[]) =>
    (await forgetting.database.owner.query(text, [shop.tenantId, ...values])).rows;
  async function file(content: string): Promise<string> {
    const { media } = forgetting;
    const bytes = await media.receive(Readable.from([Buffer.from(content)]), 1_000);
    const { phoneNumberId } = shop;
    return (await media.save(shop.tenantId, { phoneNumberId, mimeType: 'text/plain' }, bytes)).mediaId;
  }
  const sent = (recipient: string, payload: object) =>
    sql(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, 1, true, 'delivered', $7, $7, $7)`,
      newId(at),
      shop.phoneNumberId,
      recipient,
      Object.keys(payload)[0],
      JSON.stringify(payload),
      at,
    );
  const wrote = (customer: string, payload: object) =>
    sql(
      `INSERT INTO inbound_messages (tenant_id, inbound_id, phone_number_id, meta_message_id, customer, type, payload, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      newId(at),
      shop.phoneNumberId,
      `wamid.${newId(at)}`,
      customer,
      Object.keys(payload)[0],
      JSON.stringify(payload),
      at,
    );
  const exported = (): Promise<string[]> =>
    forgetting.worker.app.get(Database).inTenant(shop.tenantId, async (tx) => {
      const known = await knowCustomer(tx, shop.tenantId, { identifiers: [NUMBER], names: [], contactIds: [] });
      return filesOf(tx, shop.tenantId, known);
    });
  async function forget(customer = NUMBER): Promise<void> {
    const erasure = await forgetting.ask(shop.tenantId, customer);
    await forgetting.pass(shop.tenantId, erasure);
    expect(await forgetting.stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
  }
  async function forgetBodies(): Promise<string[]> {
    const rule: Retention = {
      tenantId: shop.tenantId,
      bodyDays: 2,
      goneUntil: new Date(at.getTime() - DAY_MS),
      late: [],
    };
    await forgetting.worker.app.get(ForgetBodies).run(rule);
    const bodies = await sql(
      `SELECT payload::text AS text FROM messages WHERE tenant_id = $1
       UNION ALL SELECT payload::text FROM inbound_messages WHERE tenant_id = $1`,
    );
    return bodies.map(({ text }) => text.replaceAll(' ', '')).sort();
  }

  it.each(Object.entries(NAMED_WITHIN))('are theirs and go with them when named in %s', async (_, naming) => {
    const mine = await file('a bill');
    const shared = await file('a catalogue');
    await sent(NUMBER, naming(mine));
    await sent(NUMBER, naming(shared));
    await sent(SOMEBODY, naming(shared));
    expect(await exported()).toEqual([mine]);
    await forget();
    expect(await forgetting.filesIn(shop.tenantId)).toBe(1);
  });

  it('go with them also when they come while the customer is being forgotten', async () => {
    const store = forgetting.worker.app.get(MediaStore);
    const sweep = store.sweep.bind(store);
    const spy = jest.spyOn(store, 'sweep').mockImplementationOnce(async (tenantId) => {
      await sweep(tenantId);
      await wrote(NUMBER, { image: { id: await file('a photo') } });
    });
    const erasure = await forgetting.ask(shop.tenantId);
    await forgetting.pass(shop.tenantId, erasure);
    expect(await forgetting.stateOf(erasure)).toMatchObject({ state: 'waiting' });
    await forgetting.pass(shop.tenantId, erasure);
    expect(await forgetting.stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
    expect(await forgetting.filesIn(shop.tenantId)).toBe(0);
    spy.mockRestore();
  });

  it('are not those that a merchant has for everybody, though one customer alone got them so far', async () => {
    const logo = await file('a logo');
    await sql(
      `INSERT INTO quick_replies (tenant_id, quick_reply_id, shortcut, language, text, media, made_by, updated_at)
       VALUES ($1, $2, 'logo', 'es', 'Hola', $3, 'user:1', now())`,
      newId(at),
      JSON.stringify({ type: 'image', id: logo }),
    );
    await sent(NUMBER, { image: { id: logo, caption: 'Hola' } });
    await forget();
    expect(await forgetting.media.find(shop.tenantId, logo)).toBeDefined();
  });

  it('are still theirs when what messages said is gone, of which nothing but the file is kept', async () => {
    const photo = await file('a photo');
    const bill = await file('a bill');
    const shared = await file('a catalogue');
    const context = { id: `wamid.of-${NUMBER}` };
    await wrote(NUMBER, { image: { id: photo, caption: 'my house' }, context });
    await wrote(NUMBER, { text: { body: `see "id":"${shared}"` }, context });
    await sent(NUMBER, NAMED_WITHIN['the header of a template'](bill));
    await sent(NUMBER, { document: { id: shared } });
    await sent(SOMEBODY, { document: { id: shared } });

    const left = (id: string) => `{"files":[{"id":"${id}"}]}`;
    const kept = [left(photo), left(bill), left(shared), left(shared), '{}'].sort();
    expect(await forgetBodies()).toEqual(kept);
    expect(await forgetBodies()).toEqual(kept);
    expect((await exported()).sort()).toEqual([photo, bill].sort());
    await forget();
    expect(await forgetting.filesIn(shop.tenantId)).toBe(1);
    await forget(SOMEBODY);
    expect(await forgetting.filesIn(shop.tenantId)).toBe(0);
  });

  it('are still theirs when somebody else is forgotten, of whom their message spoke', async () => {
    const photo = await file('a photo');
    await wrote(SOMEBODY, { image: { id: photo, caption: `ask ${NUMBER}` } });
    await forget();
    expect(await forgetting.filesIn(shop.tenantId)).toBe(1);
    await forget(SOMEBODY);
    expect(await forgetting.filesIn(shop.tenantId)).toBe(0);
  });
});
