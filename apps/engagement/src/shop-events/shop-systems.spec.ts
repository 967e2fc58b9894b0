import fc from 'fast-check';
import { readShopify } from './read-shopify.js';
import { readWooCommerce } from './read-woocommerce.js';
import { isSignedByShop, shopSignature } from './shop-signature.js';

const now = new Date('2026-11-22T12:00:00Z');
const shopifyOrder = {
  id: 820982911946154500,
  name: '#1042',
  created_at: '2026-11-22T05:00:00-06:00',
  updated_at: '2026-11-22T05:30:00-06:00',
  total_price: '499.00',
  currency: 'MXN',
  phone: null,
  checkout_token: 'cart1',
  order_status_url: 'https://shop.example/orders/1042',
  customer: { first_name: 'Ana', phone: null },
  shipping_address: { phone: '55 1234 5678', country_code: 'MX' },
  line_items: [{ sku: 'SHOE-1', title: 'Shoe', quantity: 2, price: '249.50' }],
};

describe('a webhook of Shopify', () => {
  it('about an order tells who ordered what, wherever the phone stands', () => {
    const [fact, ...more] = readShopify('orders/create', shopifyOrder, now);
    expect(more).toEqual([]);
    expect(fact).toMatchObject({
      kind: 'order.placed',
      at: new Date('2026-11-22T11:00:00Z'),
      customer: { phone: '55 1234 5678', country: 'MX', name: 'Ana' },
      data: {
        order_number: '#1042',
        total: '499.00',
        currency: 'MXN',
        items: [{ retailer_id: 'SHOE-1', name: 'Shoe', quantity: 2, price: '249.50' }],
      },
    });
    expect(readShopify('orders/paid', shopifyOrder, now)[0]).toMatchObject({ kind: 'payment.received' });
    expect(readShopify('orders/cancelled', shopifyOrder, now)[0]).toMatchObject({ kind: 'order.cancelled' });
  });

  it('about a cart tells that it was left, unless it was paid for', () => {
    const cart = {
      token: 't',
      phone: '+5215512345678',
      abandoned_checkout_url: 'https://shop.example/c/t',
      completed_at: null,
    };
    expect(readShopify('checkouts/update', cart, now)).toMatchObject([
      { kind: 'cart.left', subject: 't', data: { url: 'https://shop.example/c/t' } },
    ]);
    expect(readShopify('checkouts/update', { ...cart, completed_at: '2026-11-22T12:00:00Z' }, now)).toEqual([]);
  });

  it('about a parcel tells where it is, each stage once', () => {
    const parcel = {
      id: 255858046,
      order_id: 1042,
      name: '#1042.1',
      status: 'success',
      tracking_number: '1Z',
      tracking_urls: ['https://track.example/1Z'],
      shipment_status: null as string | null,
      destination: { phone: '+5215512345678', first_name: 'Ana' },
    };
    const kinds = (shipment_status: string | null) =>
      readShopify('fulfillments/update', { ...parcel, shipment_status }, now).map((f) => f.givenId);
    expect(kinds(null)).toEqual(['order.shipped:255858046']);
    expect(kinds('in_transit')).toEqual(['order.shipped:255858046']);
    expect(kinds('out_for_delivery')).toEqual(['order.shipped:255858046', 'order.out_for_delivery:255858046']);
    expect(kinds('delivered')).toEqual(['order.shipped:255858046', 'order.delivered:255858046']);
    expect(readShopify('fulfillments/create', parcel, now)[0]?.data).toMatchObject({
      order_number: '#1042',
      tracking_url: 'https://track.example/1Z',
    });
  });
});

describe('a webhook of WooCommerce', () => {
  const order = {
    id: 727,
    number: '727',
    status: 'pending',
    currency: 'MXN',
    total: '29.35',
    date_created_gmt: '2026-11-22T10:00:00',
    date_modified_gmt: '2026-11-22T11:00:00',
    billing: { first_name: 'Ana', phone: '5512345678', country: 'MX' },
    shipping: {},
    payment_url: 'https://shop.example/pay/727',
    line_items: [{ sku: 'MUG', name: 'Mug', quantity: 1, price: 29.35 }],
    meta_data: [] as object[],
  };
  const kinds = (topic: string, more: object) => readWooCommerce(topic, { ...order, ...more }, now).map((f) => f.kind);

  it('tells each state of an order', () => {
    expect(kinds('order.created', {})).toEqual(['order.placed', 'payment.due']);
    expect(kinds('order.updated', { status: 'processing' })).toEqual(['payment.received']);
    expect(kinds('order.updated', { status: 'cancelled' })).toEqual(['order.cancelled']);
    expect(kinds('order.updated', { status: 'completed' })).toEqual(['order.delivered']);
    expect(kinds('order.updated', { status: 'failed' })).toEqual([]);
    expect(kinds('product.updated', {})).toEqual([]);
    expect(readWooCommerce('order.created', order, now)[0]).toMatchObject({ at: new Date('2026-11-22T10:00:00Z') });
  });

  it('tells the link of a parcel that left', () => {
    const meta_data = [
      {
        key: '_wc_shipment_tracking_items',
        value: [{ tracking_number: '1Z', custom_tracking_link: 'https://t.example' }],
      },
    ];
    const [fact] = readWooCommerce('order.updated', { ...order, status: 'completed', meta_data }, now);
    expect(fact).toMatchObject({ kind: 'order.shipped', data: { tracking_url: 'https://t.example' } });
  });
});

describe('whatever a shop posts', () => {
  it('is read or passed over, never a surprise', () => {
    const topics = ['orders/create', 'checkouts/update', 'fulfillments/update', 'order.created', 'order.updated'];
    const order = fc.record(
      Object.fromEntries(
        [...Object.keys(shopifyOrder), 'billing', 'meta_data', 'destination', 'order_id', 'tracking_urls'].map((k) => [
          k,
          fc.anything(),
        ]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...topics), fc.oneof(order, fc.anything()), (topic, body) => {
        for (const fact of [...readShopify(topic, body, now), ...readWooCommerce(topic, body, now)]) {
          expect(fact.customer.phone).not.toBe('');
          expect(Number.isNaN(fact.at.getTime())).toBe(false);
        }
      }),
    );
  });

  it('counts only with the signature of its bytes and of its secret', () => {
    const signature = shopSignature('{"id":1}', 'secret');
    expect(isSignedByShop('{"id":1}', signature, 'secret')).toBe(true);
    expect(isSignedByShop('{"id": 1}', signature, 'secret')).toBe(false);
    expect(isSignedByShop('{"id":1}', signature, 'Secret')).toBe(false);
    expect(isSignedByShop('{"id":1}', undefined, 'secret')).toBe(false);
    expect(isSignedByShop('{"id":1}', '', 'secret')).toBe(false);
  });
});
