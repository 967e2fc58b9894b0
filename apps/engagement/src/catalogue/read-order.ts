import { add, type Decimal, formatDecimal, parseDecimal, roundHalfUp, times } from '#libs/money';

export interface OrderItem {
  retailerId: string;
  quantity: number;
  /** Decimal text with two places. */
  price: string | null;
  currency: string | null;
}

/** A cart that a customer sent. */
export interface CustomerOrder {
  metaCatalogId: string | null;
  note: string | null;
  items: OrderItem[];
  /** Null where a price is absent, or where there are several currencies. */
  total: string | null;
  currency: string | null;
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const textIn = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Meta writes prices as JSON numbers; what they are written as is what they are. */
function priceIn(value: unknown): Decimal | undefined {
  try {
    return roundHalfUp(parseDecimal(String(value)), 2);
  } catch {
    return undefined;
  }
}

/**
 * Reads `order` of a customer's message: `{catalog_id, text?, product_items: [{product_retailer_id, quantity, item_price,
 * currency}]}` (Meta, messages webhook, 2025-10-22).
 *
 * @returns undefined for what holds no product
 */
export function readOrder(order: unknown): CustomerOrder | undefined {
  if (!isFields(order) || !Array.isArray(order.product_items)) return undefined;
  const items: OrderItem[] = [];
  let total: Decimal | undefined = parseDecimal('0.00');
  for (const given of order.product_items) {
    const { product_retailer_id, quantity, item_price, currency } = isFields(given) ? given : ({} as Fields);
    const retailerId = textIn(product_retailer_id);
    if (!retailerId) continue;
    const count = Number.isInteger(quantity) && (quantity as number) > 0 ? (quantity as number) : 1;
    const price = priceIn(item_price);
    const item = {
      retailerId,
      quantity: count,
      price: price ? formatDecimal(price) : null,
      currency: textIn(currency),
    };
    total = total && price && item.currency ? add(total, times(price, count)) : undefined;
    items.push(item);
  }
  if (items.length === 0) return undefined;
  const [first, ...others] = new Set(items.map((item) => item.currency));
  const one = others.length === 0 && first ? first : null;
  return {
    metaCatalogId: textIn(order.catalog_id),
    note: textIn(order.text),
    items,
    total: one && total ? formatDecimal(total) : null,
    currency: one && total ? one : null,
  };
}
