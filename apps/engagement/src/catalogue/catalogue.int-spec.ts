import { Module } from '@nestjs/common';
import type { InboundRow } from '#libs/inbound';
import { Database } from '#libs/persistence';
import { ProcessModule } from '#libs/process';
import { eventually, http, type RunningApp, startApp } from '../../../../test/support/app.js';
import { aMerchant, type Merchant } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphAnswer, GraphCall } from '../../../../test/support/graph-stand-in.js';
import { AutomationsWorkerModule } from '../automations/automations.module.js';
import { EngagementModule } from '../engagement.module.js';
import { CatalogueWorkerModule } from './catalogue.module.js';
import { SyncCatalogues } from './sync-catalogues.js';
import { TakeOrder } from './take-order.js';

@Module({ imports: [ProcessModule.forRoot({ queues: [] }), CatalogueWorkerModule, AutomationsWorkerModule] })
class WorkerModule {}

const stage = new GatewayStage();
const META_CATALOG = '4001';
let api: RunningApp;
let worker: RunningApp;
let shop: Merchant;
let catalogueId: string;
/** What Meta lists, by retailer id. */
const listed = new Map<string, Record<string, string>>();
/** What Meta refuses when it looks closer, by retailer id. */
const disliked = new Map<string, string>();
let refuseBatches = false;
/** Why Meta takes nothing of a batch that it had begun with. */
let failure: string | undefined;

/** A catalogue at Meta, as far as it is asked here. */
function answer({ method, path, body }: GraphCall): GraphAnswer {
  if (path.endsWith('/product_catalogs')) return { body: { data: [{ id: META_CATALOG, name: 'Shoes' }] } };
  if (path.endsWith('/items_batch')) {
    if (refuseBatches) return stage.graph.refused(80014);
    const validation_status: object[] = [];
    for (const { method: what, data } of body.requests) {
      if (what === 'DELETE') listed.delete(data.id);
      else if (data.title === 'Nameless') {
        validation_status.push({ retailer_id: data.id, errors: [{ message: 'No such title.' }] });
      } else if (!disliked.has(data.id)) listed.set(data.id, data);
    }
    return { body: { handles: ['h1'], validation_status } };
  }
  if (path.endsWith('/check_batch_request_status')) {
    if (failure) return { body: { data: [{ handle: 'h1', status: 'error', errors: [{ message: failure }] }] } };
    const errors = [...disliked].map(([id, message]) => ({ id, message }));
    return {
      body: { data: [{ handle: 'h1', status: 'finished', errors, ids_of_invalid_requests: [...disliked.keys()] }] },
    };
  }
  if (path.endsWith('/products')) return { body: { data: [...listed.keys()].map((retailer_id) => ({ retailer_id })) } };
  throw new Error(`nobody answers ${method} ${path}`);
}

const call = (method: string, path: string, body?: unknown) =>
  http(method, `${api.url}/api/v1${path}`, { token: shop.apiKey, body });
const product = (retailer_id: string, more: object = {}) => ({
  retailer_id,
  title: `Shoe ${retailer_id}`,
  description: 'A shoe',
  price: '499.00',
  currency: 'MXN',
  url: 'https://shop.example/shoe',
  image_url: 'https://shop.example/shoe.jpg',
  ...more,
});
const put = (...products: object[]) => call('PUT', `/catalogues/${catalogueId}/products`, { products });
const products = async () => (await call('GET', `/catalogues/${catalogueId}/products`)).body.data;
/** Looks at Meta now, as the worker does every few seconds. */
const sync = () => worker.app.get(SyncCatalogues).sync(shop.tenantId, catalogueId);
const becomes = (id: string, state: string) =>
  eventually(async () => {
    await sync();
    return (await products()).find(
      (p: { retailer_id: string; state: string }) => p.retailer_id === id && p.state === state,
    );
  });
const contactWith = async (phone: string) =>
  (await call('POST', '/contacts', { identifiers: [{ kind: 'phone', value: phone }] })).body.id as string;

let ordered = 0;
/** A customer sends a cart, as the worker takes it from the list of unseen messages. */
async function orders(contactId: string, ids: string[], times = 1): Promise<void> {
  const metaMessageId = `wamid.ORDER${++ordered}`;
  const product_items = ids.map((product_retailer_id) => ({
    product_retailer_id,
    quantity: 2,
    item_price: 499.5,
    currency: 'MXN',
  }));
  const message = {
    type: 'order',
    metaMessageId,
    phoneNumberId: shop.phoneNumberId,
    at: new Date(),
    payload: { type: 'order', order: { catalog_id: META_CATALOG, text: 'rápido', product_items } },
  } as unknown as InboundRow;
  for (let n = 0; n < times; n++) {
    await worker.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) => worker.app.get(TakeOrder).take(tx, shop.tenantId, contactId, message));
  }
}

beforeAll(async () => {
  await stage.startWithoutWorker();
  stage.graph.answer = answer;
  const environment = { ...stage.environment, GATEWAY_URL: stage.gateway.url };
  api = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
  worker = await startApp(WorkerModule, environment, { name: 'engagement-worker' });
  shop = await aMerchant(stage.gateway.app);
  const given = { waba_id: shop.metaWabaId, meta_catalog_id: META_CATALOG };
  catalogueId = (await call('POST', '/catalogues', given)).body.id;
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await stage.stop();
});

describe('a catalogue', () => {
  it('is connected once, and only when Meta says that it is the account’s', async () => {
    const given = { waba_id: shop.metaWabaId, meta_catalog_id: META_CATALOG };
    expect((await call('POST', '/catalogues', given)).status).toBe(409);
    expect((await call('POST', '/catalogues', { ...given, meta_catalog_id: '999' })).status).toBe(400);
    expect((await call('GET', `/catalogues/${catalogueId}`)).body).toMatchObject({ name: 'Shoes', problem: null });
  });

  it('is brought to Meta in one batch, each product with what became of it', async () => {
    disliked.set('bad', 'The image cannot be loaded.');
    const given = [
      product('a'),
      product('b', { in_stock: false }),
      product('bad'),
      product('none', { title: 'Nameless' }),
    ];
    expect((await put(...given)).body).toEqual({ changed: 4 });
    await becomes('a', 'listed');
    expect(await becomes('bad', 'refused')).toMatchObject({ problem: 'The image cannot be loaded.' });
    expect(await becomes('none', 'refused')).toMatchObject({ problem: 'No such title.' });
    expect(listed.get('a')).toMatchObject({ price: '499.00 MXN', availability: 'in stock' });
    expect(stage.graph.calls.filter((c) => c.path.endsWith('/items_batch'))).toHaveLength(1);
    expect((await put(product('a'))).body).toEqual({ changed: 0 });
    expect((await put(product('a', { price: '450' }))).body).toEqual({ changed: 1 });
    await becomes('a', 'listed');
    await eventually(async () => listed.get('a')?.price === '450.00 MXN');
    disliked.clear();
  });

  it('is not listed when its batch failed as a whole, and the merchant reads why', async () => {
    failure = 'The feed was dropped.';
    await put(product('whole'));
    expect(await becomes('whole', 'refused')).toMatchObject({ problem: 'The feed was dropped.' });
    failure = undefined;
    expect((await put(product('whole'))).body).toEqual({ changed: 1 });
    await becomes('whole', 'listed');
    await call('DELETE', `/catalogues/${catalogueId}/products/whole`);
    await eventually(async () => !listed.has('whole'));
  });

  it('is read back, and what Meta lost is sent again', async () => {
    await becomes('a', 'listed');
    listed.delete('a');
    listed.set('foreign', {});
    expect((await call('POST', `/catalogues/${catalogueId}/read-back`)).body).toEqual({
      listed: 2,
      missing: ['a'],
      unknown: ['foreign'],
    });
    await becomes('a', 'listed');
    expect(listed.has('a')).toBe(true);
  });

  it('loses a product when Meta has lost it', async () => {
    await put(product('gone'));
    await becomes('gone', 'listed');
    expect((await call('DELETE', `/catalogues/${catalogueId}/products/gone`)).status).toBe(204);
    await eventually(async () => {
      await sync();
      return !(await products()).some((p: { retailer_id: string }) => p.retailer_id === 'gone');
    });
    expect(listed.has('gone')).toBe(false);
    expect((await call('DELETE', `/catalogues/${catalogueId}/products/gone`)).status).toBe(404);
  });

  it('leaves Meta alone for a while when it says no, and tells why', async () => {
    refuseBatches = true;
    await put(product('late'));
    await eventually(async () => {
      await sync();
      return (await call('GET', `/catalogues/${catalogueId}`)).body.problem;
    });
    refuseBatches = false;
    const { rows } = await stage.database.owner.query('SELECT * FROM door_catalogues_with_work(now())');
    expect(rows).toEqual([]);
    await stage.database.owner.query('UPDATE catalogues SET rest_until = NULL');
    await becomes('late', 'listed');
    expect((await call('GET', `/catalogues/${catalogueId}`)).body.problem).toBeNull();
  });
});

describe('a cart that a customer sends', () => {
  it('is an order with its total, once, and an event that automations follow', async () => {
    const contactId = await contactWith('+5215512345678');
    const definition = {
      trigger: 'order.placed',
      steps: [{ send: { template: { name: 'order_update', language: 'en_US', body: ['{{total}} {{currency}}'] } } }],
    };
    const given = { name: 'thanks', phone_number_id: shop.metaPhoneNumberId, enabled: true, definition };
    expect((await call('POST', '/automations', given)).status).toBe(201);
    await orders(contactId, ['a', 'b'], 2);
    const { data } = (await call('GET', `/orders?contact_id=${contactId}`)).body;
    expect(data).toMatchObject([
      {
        total: '1998.00',
        currency: 'MXN',
        note: 'rápido',
        meta_catalog_id: META_CATALOG,
        items: [
          { retailer_id: 'a', quantity: 2, price: '499.50', currency: 'MXN' },
          { retailer_id: 'b', quantity: 2, price: '499.50', currency: 'MXN' },
        ],
      },
    ]);
    const sent = await eventually(async () => {
      const { rows } = await stage.database.owner.query(
        `SELECT payload::text FROM messages WHERE client_data LIKE 'automation:%'`,
      );
      return rows.length > 0 && rows;
    });
    expect(sent).toHaveLength(1);
    expect(sent[0].payload).toContain('1998.00 MXN');
  });

  it('is an order of who the customer became', async () => {
    const [before, now] = [await contactWith('+5215512345681'), await contactWith('+5215512345682')];
    await orders(before, ['a']);
    expect((await call('POST', `/contacts/${now}/merge`, { contact_id: before })).status).toBe(200);
    expect((await call('GET', `/orders?contact_id=${now}`)).body.data).toMatchObject([{ contact_id: now }]);
  });
});

describe('products that are shown to a customer', () => {
  const sentIn = async (id: string) =>
    JSON.parse(
      (await stage.database.owner.query('SELECT payload::text FROM messages WHERE message_id = $1', [id])).rows[0]
        .payload,
    );

  it('are those asked for, those recommended, or the whole catalogue', async () => {
    const ana = await contactWith('+5215500000001');
    const bob = await contactWith('+5215500000002');
    await put(product('sock'), product('lace'));
    await becomes('sock', 'listed');
    await becomes('lace', 'listed');
    await orders(bob, ['a', 'sock']);
    await orders(bob, ['lace']);
    await orders(ana, ['a']);
    const path = `/catalogues/${catalogueId}`;
    expect((await call('GET', `${path}/recommendations?contact_id=${ana}`)).body.data).toEqual([
      { retailer_id: 'sock', because: 'bought_together' },
      { retailer_id: 'lace', because: 'best_seller' },
    ]);
    const show = (more: object) =>
      call('POST', `${path}/messages`, { phone_number_id: shop.metaPhoneNumberId, contact_id: ana, ...more });
    expect(await show({ retailer_ids: ['sock'] })).toMatchObject({
      status: 422,
      body: { error: { code: 'window_closed' } },
    });
    await stage.database.owner.query(
      `INSERT INTO service_windows (tenant_id, phone_number_id, customer, last_user_message_at) VALUES ($1, $2, '5215500000001', now())`,
      [shop.tenantId, shop.phoneNumberId],
    );
    const one = await show({ retailer_ids: ['sock'] });
    expect(one.status).toBe(201);
    expect(await sentIn(one.body.id)).toMatchObject({
      interactive: { type: 'product', action: { catalog_id: META_CATALOG } },
    });
    const some = await show({ recommended: 5, body: 'For you' });
    expect(some.body.retailer_ids).toEqual(['sock', 'lace']);
    expect(await sentIn(some.body.id)).toMatchObject({
      interactive: { type: 'product_list', header: { text: 'Shoes' } },
    });
    const all = await show({ body: 'Everything' });
    expect(await sentIn(all.body.id)).toMatchObject({ interactive: { type: 'catalog_message' } });
    expect((await show({ retailer_ids: ['nobodys'] })).status).toBe(400);
    expect((await show({ retailer_ids: ['sock', 'lace'] })).status).toBe(400);
  });
});
