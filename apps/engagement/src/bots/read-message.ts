import type { InboundRow } from '#libs/inbound';
import { readOrder } from '../catalogue/read-order.js';

/** What a customer's message says to a flow. */
export interface HeardMessage {
  text: string;
  /** The id of the button or row that was pressed. */
  pressed?: string;
  /** Items and their sum, of a cart that was sent. */
  order?: Record<string, unknown>;
}

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads a message as Meta sends it (Cloud API webhooks, messages): text, caption, button, row, cart; others say nothing. */
export function readMessage({ type, payload }: Pick<InboundRow, 'type' | 'payload'>): HeardMessage {
  const content = fieldsOf(payload[type]);
  if (type === 'text') return { text: textOf(content.body) };
  if (type === 'button')
    return { text: textOf(content.text), pressed: textOf(content.payload) || textOf(content.text) };
  if (type === 'interactive') {
    const reply = fieldsOf(content[textOf(content.type)]);
    return { text: textOf(reply.title), ...(reply.id === undefined ? {} : { pressed: textOf(reply.id) }) };
  }
  if (type === 'order') return { text: textOf(content.text), order: orderOf(content) };
  return { text: textOf(content.caption) };
}

/** A cart as flows know it: its items as they came, and their sum where all have a price in one currency. */
function orderOf(content: Fields): Record<string, unknown> {
  const items = Array.isArray(content.product_items) ? content.product_items.map(fieldsOf) : [];
  const order = { catalog_id: content.catalog_id, items, currency: items[0]?.currency };
  const read = readOrder(content);
  if (!read?.total) return order;
  return { ...order, count: read.items.reduce((sum, item) => sum + item.quantity, 0), sum: read.total };
}
