import { type Fields, isFields, type Problems } from './problems.js';

// Meta, payments (Brazil, India) pages of 2025-11. Words of an order's state are from general knowledge.
const GOODS = ['digital-goods', 'physical-goods'] as const;
const STATES = ['pending', 'processing', 'partially_shipped', 'shipped', 'completed', 'canceled'] as const;
/** Amounts are integers of hundredths: the only offset that Meta takes. */
const OFFSET = 100;
/** No page gives these limits; this one only keeps out what nobody means. */
const ANY = 1_000;

/** What a customer is asked to review and pay. Whether the sums agree is Meta's to say. */
export function checkOrderDetails(given: Fields, at: string, p: Problems): void {
  p.text(given.reference_id, `${at}.reference_id`, ANY);
  p.word(given.type, `${at}.type`, GOODS);
  p.text(given.currency, `${at}.currency`, 3);
  checkAmount(given.total_amount, `${at}.total_amount`, p);
  const order = p.object(given.order, `${at}.order`);
  if (!order) return;
  p.word(order.status, `${at}.order.status`, ['pending']);
  checkAmount(order.subtotal, `${at}.order.subtotal`, p);
  for (const [i, item] of p.items(order.items, `${at}.order.items`, 1, ANY).entries()) {
    const place = `${at}.order.items[${i}]`;
    if (!isFields(item)) {
      p.invalid(place, 'must be an object');
      continue;
    }
    p.text(item.name, `${place}.name`, ANY);
    checkAmount(item.amount, `${place}.amount`, p);
    if (!(Number.isSafeInteger(item.quantity) && Number(item.quantity) > 0)) {
      p.invalid(`${place}.quantity`, 'must be a whole number from 1 on');
    }
  }
}

/** What has become of an order. */
export function checkOrderStatus(given: Fields, at: string, p: Problems): void {
  p.text(given.reference_id, `${at}.reference_id`, ANY);
  const order = p.object(given.order, `${at}.order`);
  if (order) p.word(order.status, `${at}.order.status`, STATES);
}

function checkAmount(amount: unknown, at: string, p: Problems): void {
  const given = p.object(amount, at);
  if (!given) return;
  if (!(Number.isSafeInteger(given.value) && Number(given.value) >= 0)) {
    p.invalid(`${at}.value`, `must be a whole number of 1/${OFFSET} of the currency, 0 or more`);
  }
  if (given.offset !== OFFSET) p.invalid(`${at}.offset`, `must be ${OFFSET}`);
}
