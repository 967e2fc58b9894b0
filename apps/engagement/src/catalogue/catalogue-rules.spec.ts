import fc from 'fast-check';
import { batchRequests } from './batch-requests.js';
import type { StoredProduct } from './product.js';
import { productMessage } from './product-message.js';
import { readOrder } from './read-order.js';
import { recommend, type Sales } from './recommend.js';

describe('a product on its way to Meta', () => {
  const shoe: StoredProduct = {
    retailerId: 'SHOE-1',
    title: 'Shoe',
    description: 'A shoe',
    price: '499.00',
    currency: 'MXN',
    url: 'https://shop.example/shoe',
    imageUrl: 'https://shop.example/shoe.jpg',
    inStock: false,
    brand: null,
    state: 'changed',
    version: 1,
    problem: null,
    updatedAt: new Date(),
  };

  it('is written as Meta takes it, and taken out by its id alone', () => {
    expect(batchRequests([shoe, { ...shoe, state: 'removing' }])).toEqual([
      {
        method: 'UPDATE',
        data: {
          id: 'SHOE-1',
          title: 'Shoe',
          description: 'A shoe',
          availability: 'out of stock',
          condition: 'new',
          price: '499.00 MXN',
          link: 'https://shop.example/shoe',
          image_link: 'https://shop.example/shoe.jpg',
        },
      },
      { method: 'DELETE', data: { id: 'SHOE-1' } },
    ]);
  });
});

describe('a message with products', () => {
  it('shows one, several under a heading, or the whole catalogue', () => {
    expect(productMessage('7', ['a'], {})).toEqual({
      type: 'interactive',
      interactive: { type: 'product', action: { catalog_id: '7', product_retailer_id: 'a' } },
    });
    expect(
      productMessage('7', ['a', 'b'], { body: 'Look', footer: 'Bye' }, 'A catalogue with a rather long name'),
    ).toEqual({
      type: 'interactive',
      interactive: {
        type: 'product_list',
        header: { type: 'text', text: 'A catalogue with a rather long name' },
        body: { text: 'Look' },
        footer: { text: 'Bye' },
        action: {
          catalog_id: '7',
          sections: [
            {
              title: 'A catalogue with a rathe',
              product_items: [{ product_retailer_id: 'a' }, { product_retailer_id: 'b' }],
            },
          ],
        },
      },
    });
    expect(productMessage('7', [], { body: 'All' })).toEqual({
      type: 'interactive',
      interactive: { type: 'catalog_message', body: { text: 'All' }, action: { name: 'catalog_message' } },
    });
  });
});

describe('a cart that a customer sends', () => {
  const item = (id: string, quantity: number, item_price: unknown, currency = 'MXN') => ({
    product_retailer_id: id,
    quantity,
    item_price,
    currency,
  });

  it('is added up to the cent', () => {
    const order = { catalog_id: '7', text: 'quick please', product_items: [item('a', 3, 0.1), item('b', 1, 499)] };
    expect(readOrder(order)).toEqual({
      metaCatalogId: '7',
      note: 'quick please',
      items: [
        { retailerId: 'a', quantity: 3, price: '0.10', currency: 'MXN' },
        { retailerId: 'b', quantity: 1, price: '499.00', currency: 'MXN' },
      ],
      total: '499.30',
      currency: 'MXN',
    });
  });

  it('has no total where a price is absent, or where currencies are mixed', () => {
    expect(readOrder({ product_items: [item('a', 1, undefined)] })).toMatchObject({ total: null, currency: null });
    expect(readOrder({ product_items: [item('a', 1, 1), item('b', 1, 1, 'USD')] })).toMatchObject({ total: null });
  });

  it('adds up like the cents themselves, in any order', () => {
    const cents = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, fc.integer({ min: 1, max: 99 })), { minLength: 1 }), (lines) => {
        const read = readOrder({ product_items: lines.map(([c, n], i) => item(`p${i}`, n, c / 100)) });
        const wanted = lines.reduce((sum, [c, n]) => sum + BigInt(c) * BigInt(n), 0n);
        expect(read?.total?.replace('.', '').replace(/^0+(?=\d)/, '')).toBe(String(wanted));
      }),
    );
  });

  it('of any shape is read or passed over, never a surprise', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (order, items) => {
        readOrder(order);
        for (const one of readOrder({ product_items: items })?.items ?? []) expect(one.quantity).toBeGreaterThan(0);
      }),
    );
  });
});

describe('what is recommended', () => {
  const sales = (retailerId: string, sold: number, together: number): Sales => ({ retailerId, sold, together });

  it('is first what goes with what the customer bought, then what sells best, and never what they have or cannot buy', () => {
    const all = [
      sales('hat', 50, 0),
      sales('lace', 3, 2),
      sales('shoe', 40, 9),
      sales('sold-out', 99, 9),
      sales('sock', 20, 5),
    ];
    expect(recommend(all, new Set(['shoe']), new Set(['hat', 'lace', 'shoe', 'sock']), 3)).toEqual([
      { retailerId: 'sock', because: 'bought_together' },
      { retailerId: 'lace', because: 'bought_together' },
      { retailerId: 'hat', because: 'best_seller' },
    ]);
  });
});
