import { Harness, type Json } from '../../testing/harness.js';

const harness = new Harness();
let catalogue: string;
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(async () => {
  await harness.fresh();
  const { business_id } = harness.waba;
  catalogue = (await harness.graph('POST', `/${business_id}/owned_product_catalogs`, { name: 'Shoes' })).body.id;
});

const item = (id: string, more: Json = {}) => ({
  method: 'UPDATE',
  data: {
    id,
    title: 'Shoe',
    description: 'A shoe',
    availability: 'in stock',
    condition: 'new',
    price: '10.00 USD',
    link: 'https://shop.example/shoe',
    image_link: 'https://shop.example/shoe.jpg',
    ...more,
  },
});
const batch = (...requests: Json[]) =>
  harness.graph('POST', `/${catalogue}/items_batch`, { item_type: 'PRODUCT_ITEM', allow_upsert: true, requests });
const status = async (handle: string) =>
  (await harness.graph('GET', `/${catalogue}/check_batch_request_status?handle=${handle}`)).body.data[0].status;
const listed = async (query = '') =>
  (await harness.graph('GET', `/${catalogue}/products${query}`)).body.data.map((p: Json) => p.retailer_id);

describe('a commerce catalogue', () => {
  it('takes products in batches, tells when it is done with them, and lists them page by page', async () => {
    const { body } = await harness.inOneMoment(async () => {
      const taken = await batch(item('a'), item('b'), item('c'));
      expect(taken.body.handles).toHaveLength(1);
      expect(await status(taken.body.handles[0])).toBe('in_progress');
      return taken;
    });
    await harness.advance(1_000);
    expect(await status(body.handles[0])).toBe('finished');
    expect(await listed()).toEqual(['a', 'b', 'c']);
    const page = (await harness.graph('GET', `/${catalogue}/products?limit=2`)).body;
    expect(page.data).toMatchObject([{ retailer_id: 'a', price: '10.00 USD' }, { retailer_id: 'b' }]);
    expect(await listed(`?limit=2&after=${page.paging.cursors.after}`)).toEqual(['c']);
    await batch({ method: 'DELETE', data: { id: 'b' } });
    expect(await listed()).toEqual(['a', 'c']);
  });

  it('says at once what is malformed and takes the rest', async () => {
    const { body } = await batch(item('a', { price: '10' }), item('b', { title: '' }), item('c'));
    expect(body.validation_status).toMatchObject([
      { retailer_id: 'a', errors: [{ message: 'The price is malformed.' }] },
      { retailer_id: 'b', errors: [{ message: 'A required field is missing: title.' }] },
    ]);
    expect(await listed()).toEqual(['c']);
    expect((await batch(item('a', { price: '' }))).body.handles).toEqual([]);
  });

  it('is sold from by the accounts that are connected to it, and seen by their tokens alone', async () => {
    const account = `/${harness.waba.id}/product_catalogs`;
    expect((await harness.graph('GET', account)).body.data).toEqual([]);
    const { access_token: token } = (await harness.control('POST', '/tokens', { waba_ids: [harness.waba.id] })).body;
    const products = `/${catalogue}/products`;
    expect((await harness.graph('GET', products, undefined, token)).body.error).toMatchObject({ code: 100 });
    expect((await harness.graph('POST', account, { catalog_id: catalogue })).body).toEqual({ success: true });
    expect((await harness.graph('GET', account)).body.data).toEqual([{ id: catalogue, name: 'Shoes' }]);
    expect((await harness.graph('GET', products, undefined, token)).status).toBe(200);
  });
});
