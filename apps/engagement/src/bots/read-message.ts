import type { InboundRow } from '#libs/inbound';
import { formatMicros, parseMicros, timesMicros } from '#libs/money';

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
  if (type === 'order') return { text: textOf(content.text), order: readOrder(content) };
  return { text: textOf(content.caption) };
}

/** Prices come as decimals in JSON; one that is none leaves the cart without a sum. */
function readOrder(content: Fields): Record<string, unknown> {
  const items = Array.isArray(content.product_items) ? content.product_items.map(fieldsOf) : [];
  const order = { catalog_id: content.catalog_id, items, currency: items[0]?.currency };
  try {
    const of = (item: Fields) => timesMicros(parseMicros(String(item.item_price)), Number(item.quantity));
    const micros = items.reduce((sum, item) => sum + of(item), 0);
    const count = items.reduce((sum, item) => sum + Number(item.quantity), 0);
    return { ...order, count, sum: formatMicros(micros, 2) };
  } catch {
    return order;
  }
}
