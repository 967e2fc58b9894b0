import { firstText, instantIn, type Json, listIn, objectIn, present, textIn } from './json.js';
import type { ShopEventKind, ShopFact } from './shop-event.js';

// Topics and bodies: Shopify Admin REST API, "Webhook" (checkouts, orders, fulfillments), read 2026-11-22.
const ORDER_KINDS: Readonly<Record<string, ShopEventKind>> = {
  'orders/create': 'order.placed',
  'orders/paid': 'payment.received',
  'orders/cancelled': 'order.cancelled',
};

/** What the carrier says of a fulfilment. */
const SHIPMENT_KINDS: Readonly<Record<string, ShopEventKind>> = {
  out_for_delivery: 'order.out_for_delivery',
  delivered: 'order.delivered',
};

/**
 * What a webhook of Shopify's tells.
 *
 * @param topic of the header `X-Shopify-Topic`
 * @returns the facts with a customer who can be written to; none for topics that tell nothing of our kinds
 */
export function readShopify(topic: string, body: unknown, now: Date): ShopFact[] {
  const given = objectIn(body);
  const orderKind = ORDER_KINDS[topic];
  if (orderKind) return orderFact(orderKind, given, now);
  if (topic.startsWith('checkouts/') && topic !== 'checkouts/delete') return cartFact(given, now);
  if (topic.startsWith('fulfillments/')) return shipmentFacts(given, now);
  return [];
}

function orderFact(kind: ShopEventKind, order: Json, now: Date): ShopFact[] {
  const id = textIn(order.id);
  const customer = customerOf(order);
  if (!id || !customer) return [];
  const at = instantIn(kind === 'order.placed' ? order.created_at : order.updated_at) ?? now;
  return [{ givenId: `${kind}:${id}`, kind, at, customer, subject: id, data: purchaseOf(order) }];
}

/** A cart that was paid for is none that was left. Each change of a cart is a fact of its own. */
function cartFact(cart: Json, now: Date): ShopFact[] {
  const token = firstText(cart.token, cart.id);
  const customer = customerOf(cart);
  if (!token || !customer || cart.completed_at) return [];
  const at = instantIn(cart.updated_at) ?? now;
  const data = { ...purchaseOf(cart), ...present({ url: textIn(cart.abandoned_checkout_url) }) };
  return [{ givenId: `cart.left:${token}:${at.toISOString()}`, kind: 'cart.left', at, customer, subject: token, data }];
}

function shipmentFacts(shipment: Json, now: Date): ShopFact[] {
  const [id, orderId] = [textIn(shipment.id), textIn(shipment.order_id)];
  const destination = objectIn(shipment.destination);
  const phone = firstText(destination.phone, shipment.phone);
  if (!id || !orderId || !phone || shipment.status === 'cancelled') return [];
  const customer = {
    phone,
    country: textIn(destination.country_code),
    name: firstText(destination.first_name, destination.name),
  };
  const data = present({
    order_number: textIn(shipment.name)?.split('.')[0],
    tracking_number: textIn(shipment.tracking_number),
    tracking_url: firstText(shipment.tracking_url, (shipment.tracking_urls as unknown[] | undefined)?.[0]),
    carrier: textIn(shipment.tracking_company),
  });
  const fact = (kind: ShopEventKind, at: Date): ShopFact => ({
    givenId: `${kind}:${id}`,
    kind,
    at,
    customer,
    subject: orderId,
    data,
  });
  const told = SHIPMENT_KINDS[textIn(shipment.shipment_status) ?? ''];
  const shipped = fact('order.shipped', instantIn(shipment.created_at) ?? now);
  return told ? [shipped, fact(told, instantIn(shipment.updated_at) ?? now)] : [shipped];
}

function customerOf(order: Json): ShopFact['customer'] | undefined {
  const [person, ship, bill] = [order.customer, order.shipping_address, order.billing_address].map(objectIn) as [
    Json,
    Json,
    Json,
  ];
  const phone = firstText(order.phone, person.phone, ship.phone, bill.phone);
  if (!phone) return undefined;
  return {
    phone,
    country: firstText(ship.country_code, bill.country_code),
    name: firstText(person.first_name, ship.first_name, bill.first_name),
  };
}

const purchaseOf = (order: Json): Json =>
  present({
    order_number: firstText(order.name, order.order_number),
    total: textIn(order.total_price),
    currency: textIn(order.currency),
    url: textIn(order.order_status_url),
    cart: textIn(order.checkout_token),
    items: listIn(order.line_items).map((item) =>
      present({
        retailer_id: firstText(item.sku, item.variant_id, item.product_id),
        name: textIn(item.title),
        quantity: typeof item.quantity === 'number' ? item.quantity : 1,
        price: textIn(item.price),
      }),
    ),
  });
