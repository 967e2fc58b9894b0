/** In how many orders of the last months a product stood, and in how many of them beside something that the customer has bought. */
export interface Sales {
  retailerId: string;
  sold: number;
  together: number;
}

/** Why a product is recommended. */
export type Because = 'bought_together' | 'best_seller';

export interface Recommendation {
  retailerId: string;
  because: Because;
}

/**
 * The rule, as a merchant is told it: first what others bought in one order with something that this customer has bought, the
 * most frequent first; then what sells best. Nothing that the customer has bought, nothing that cannot be sold now.
 *
 * @param sellable ids of products that are listed and in stock
 */
export function recommend(
  sales: readonly Sales[],
  bought: ReadonlySet<string>,
  sellable: ReadonlySet<string>,
  limit: number,
): Recommendation[] {
  return sales
    .filter(({ retailerId }) => sellable.has(retailerId) && !bought.has(retailerId))
    .sort((a, b) => b.together - a.together || b.sold - a.sold || (a.retailerId < b.retailerId ? -1 : 1))
    .slice(0, limit)
    .map(({ retailerId, together }) => ({ retailerId, because: together > 0 ? 'bought_together' : 'best_seller' }));
}
