import type { StoredProduct } from './product.js';

/** A request of Meta's `items_batch`. */
export interface BatchRequest {
  method: 'UPDATE' | 'DELETE';
  data: Record<string, string>;
}

/**
 * Products as Meta's catalogue takes them (Meta, "Catalog Batch API", fields of PRODUCT_ITEM, read 2026-11-22): an UPDATE makes
 * what is not there (`allow_upsert`), so a batch may be sent again. Prices are an amount and a currency in one text.
 */
export const batchRequests = (products: readonly StoredProduct[]): BatchRequest[] =>
  products.map((product) =>
    product.state === 'removing'
      ? { method: 'DELETE', data: { id: product.retailerId } }
      : {
          method: 'UPDATE',
          data: {
            id: product.retailerId,
            title: product.title,
            description: product.description,
            availability: product.inStock ? 'in stock' : 'out of stock',
            condition: 'new',
            price: `${product.price} ${product.currency}`,
            link: product.url,
            image_link: product.imageUrl,
            ...(product.brand ? { brand: product.brand } : {}),
          },
        },
  );
