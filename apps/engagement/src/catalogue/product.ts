/** What a merchant sells. */
export interface Product {
  /** The merchant's own id, which messages and orders name. */
  retailerId: string;
  title: string;
  description: string;
  /** Decimal text, at most two places. */
  price: string;
  /** ISO 4217. */
  currency: string;
  url: string;
  imageUrl: string;
  inStock: boolean;
  brand: string | null;
}

/**
 * Where a product is on its way to Meta: `changed` and `removing` wait for the next batch, `sent` for what becomes of it;
 * `refused` waits for its merchant.
 */
export type ProductState = 'changed' | 'removing' | 'sent' | 'listed' | 'refused';

export interface StoredProduct extends Product {
  state: ProductState;
  version: number;
  problem: string | null;
  updatedAt: Date;
}
