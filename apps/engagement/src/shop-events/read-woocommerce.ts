import { firstText, instantIn, type Json, listIn, objectIn, present, textIn } from './json.js';
import type { ShopEventKind, ShopFact } from './shop-event.js';

// Order states: WooCommerce, "Managing orders", and the REST API's order, read 2026-11-22.
const STATUS_KINDS: Readonly<Record<string, ShopEventKind>> = {
  pending: 'payment.due',
  'on-hold': 'payment.due',
  processing: 'payment.received',
  cancelled: 'order.cancelled',
  refunded: 'order.cancelled',
};

/** Where the extensions for tracking keep numbers and links on an order (WooCommerce Shipment Tracking, AST). */
const TRACKING_KEYS = new Set(['_wc_shipment_tracking_items', 'wc_shipment_tracking_items']);

/**
 * What a webhook of WooCommerce's tells. It posts the whole order on each change and keeps no history, so each state that an
 * order is in is a fact once. An order that is `completed` has left the house: with a tracking number it is under way,
 * without one the customer has it. WooCommerce itself knows nothing of carts that were left.
 *
 * @param topic of the header `X-WC-Webhook-Topic`
 * @returns the facts with a customer who can be written to; none for topics that tell nothing of our kinds
 */
export function readWooCommerce(topic: string, body: unknown, now: Date): ShopFact[] {
  const order = objectIn(body);
  const id = textIn(order.id);
  const [bill, ship] = [objectIn(order.billing), objectIn(order.shipping)];
  const phone = firstText(bill.phone, ship.phone);
  if ((topic !== 'order.created' && topic !== 'order.updated') || !id || !phone) return [];
  const customer = {
    phone,
    country: firstText(bill.country, ship.country),
    name: firstText(bill.first_name, ship.first_name),
  };
  const data = dataOf(order);
  const fact = (kind: ShopEventKind, at: unknown): ShopFact => ({
    givenId: `${kind}:${id}`,
    kind,
    at: instantIn(at) ?? now,
    customer,
    subject: id,
    data,
  });
  const facts = topic === 'order.created' ? [fact('order.placed', order.date_created_gmt)] : [];
  const told = kindOf(textIn(order.status) ?? '', data);
  return told ? [...facts, fact(told, order.date_modified_gmt)] : facts;
}

const kindOf = (status: string, data: Json): ShopEventKind | undefined =>
  status === 'completed' ? (data.tracking_number ? 'order.shipped' : 'order.delivered') : STATUS_KINDS[status];

function dataOf(order: Json): Json {
  const tracking = listIn(order.meta_data).find((m) => TRACKING_KEYS.has(String(m.key)));
  const [parcel = {}] = listIn(tracking?.value);
  return present({
    order_number: firstText(order.number, order.id),
    total: textIn(order.total),
    currency: textIn(order.currency),
    url: textIn(order.payment_url),
    tracking_number: textIn(parcel.tracking_number),
    tracking_url: firstText(parcel.custom_tracking_link, parcel.tracking_link, parcel.formatted_tracking_link),
    carrier: firstText(parcel.custom_tracking_provider, parcel.tracking_provider),
    items: listIn(order.line_items).map((item) =>
      present({
        retailer_id: firstText(item.sku, item.variation_id, item.product_id),
        name: textIn(item.name),
        quantity: typeof item.quantity === 'number' ? item.quantity : 1,
        price: textIn(item.price),
      }),
    ),
  });
}
