/** What happens in a shop, in our words; the adapters say which words of a shop system's these are. */
export const SHOP_EVENT_KINDS = [
  'cart.left',
  'order.placed',
  'order.confirmed',
  'order.cancelled',
  'payment.due',
  'payment.received',
  'order.shipped',
  'order.out_for_delivery',
  'courier.moved',
  'order.delivered',
  'feedback.given',
] as const;
export type ShopEventKind = (typeof SHOP_EVENT_KINDS)[number];

export const isShopEventKind = (kind: unknown): kind is ShopEventKind =>
  (SHOP_EVENT_KINDS as readonly unknown[]).includes(kind);

/** What an event tells beside its kind, by name; amounts are decimal texts. */
export type EventData = Readonly<Record<string, unknown>>;

/** A fact of a shop, before it is known whose contact it is about. */
export interface ShopFact {
  /** The shop's own id of the fact: told twice, it happened once. */
  givenId: string;
  kind: ShopEventKind;
  at: Date;
  customer: { phone: string; country?: string | undefined; name?: string | undefined };
  /** The cart or order that it is about. */
  subject: string;
  data: EventData;
}

/** An event as it is stored. */
export interface ShopEvent {
  eventId: string;
  source: string;
  givenId: string;
  kind: ShopEventKind;
  at: Date;
  contactId: string;
  subject: string;
  data: EventData;
}
