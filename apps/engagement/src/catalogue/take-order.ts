import { Injectable } from '@nestjs/common';
import type { InboundRow } from '#libs/inbound';
import type { Tx } from '#libs/persistence';
import { TakeShopFact } from '../shop-events/take-shop-fact.js';
import { readOrder } from './read-order.js';
import { ShopOrders } from './shop-orders.js';

/** A cart that a customer sends becomes an order, and an event that automations follow. */
@Injectable()
export class TakeOrder {
  constructor(
    private readonly orders: ShopOrders,
    private readonly facts: TakeShopFact,
  ) {}

  /** In the transaction that takes the message; messages that are no orders are passed over. */
  async take(tx: Tx, tenantId: string, contactId: string, message: InboundRow): Promise<void> {
    if (message.type !== 'order') return;
    const order = readOrder(message.payload.order);
    if (!order) return;
    const { phoneNumberId, metaMessageId, at } = message;
    const orderId = await this.orders.add(tx, tenantId, { contactId, phoneNumberId, metaMessageId, at, ...order });
    if (!orderId) return;
    const data = {
      order_number: orderId,
      ...(order.total === null ? {} : { total: order.total, currency: order.currency }),
      ...(order.note === null ? {} : { note: order.note }),
      items: order.items.map(({ retailerId, ...item }) => ({ retailer_id: retailerId, ...item })),
    };
    const fact = {
      source: 'whatsapp',
      givenId: metaMessageId,
      kind: 'order.placed' as const,
      at,
      subject: orderId,
      data,
    };
    await this.facts.takeOf(tx, tenantId, contactId, fact);
  }
}
