import { randomBytes } from 'node:crypto';
import { metaError } from '../graph/meta-errors.js';
import { countryOf } from '../state/phone.js';
import type { Json, Message, MessageStatus, PhoneNumber } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Emitter } from '../webhooks/emitter.js';
import { hasInternationalRate } from './international.js';
import { localDate, type PricingCategory, type PricingFacts, pricingOf } from './pricing.js';
import { answerDelivered } from './service-window.js';

const DETAILS: Readonly<Record<number, string>> = {
  131026: 'Message undeliverable.',
  131042: 'No payment method.',
  131047: 'More than 24 hours since the recipient last replied.',
  131049: 'Not delivered.',
  131050: 'Recipient opted out.',
};

/** Lives a message's later life: sent, delivered, read or failed, each as a signed webhook at its time. */
export class Statuses {
  /** Where statuses of On-Premises messages go. */
  onPremises: (number: PhoneNumber, status: Json) => void = () => {};
  /** Who wants to know of deliveries. */
  onDelivered: (message: Message, number: PhoneNumber) => void = () => {};

  constructor(
    private readonly world: World,
    private readonly emitter: Emitter,
  ) {}

  /** @param fate a code to fail with, `undelivered` to end at sent, or undefined to go all the way. */
  begin(message: Message, number: PhoneNumber, fate: number | 'undelivered' | undefined): void {
    const { clock, settings } = this.world;
    const at = message.acceptedAt;
    const { sent_after_ms: sent, delivered_after_ms: delivered, read_after_ms: read } = settings;
    if (typeof fate === 'number') {
      clock.at(at + sent, () => this.report(message, number, 'failed', fate));
      return;
    }
    clock.at(at + (delivered >= 0 ? Math.min(sent, delivered) : sent), () => this.report(message, number, 'sent'));
    // A reaction that is sent yields nothing after `sent` (meta/messages.md §2).
    if (fate === 'undelivered' || delivered < 0 || message.type === 'reaction') return;
    clock.at(at + delivered, () => {
      if (message.status === 'failed') return;
      this.report(message, number, 'delivered');
      if (read >= 0) clock.after(read, () => this.report(message, number, 'read'));
    });
  }

  /** Sets a status and reports it. */
  report(message: Message, number: PhoneNumber, status: MessageStatus, code?: number): void {
    const now = this.world.now();
    message.status = status;
    message.statuses.push({ status, at: now, ...(code !== undefined && { code }) });
    const pair = this.world.pair(number.id, message.to);
    if (status === 'delivered' && message.inFreeEntry)
      answerDelivered(pair, now, () => randomBytes(16).toString('hex'));
    const entry: Json = {
      id: message.id,
      status,
      timestamp: String(Math.floor(now / 1000)),
      ...(message.userId !== undefined
        ? { recipient_user_id: message.userId }
        : { recipient_id: message.to, ...(message.group && { recipient_type: 'group' }) }),
      ...(message.callbackData !== undefined && { biz_opaque_callback_data: message.callbackData }),
    };
    if (status === 'failed') entry.errors = [failure(code!)];
    // `pricing` comes on sent and on one of delivered and read, which here is delivered (pricing/rules.md §5).
    if (status === 'sent' || status === 'delivered') this.addPricing(entry, message, number, status, now);
    if (message.onPremises) this.onPremises(number, entry);
    else this.emitter.messages(number, { statuses: [entry] });
    if (status === 'delivered') this.onDelivered(message, number);
  }

  private addPricing(entry: Json, message: Message, number: PhoneNumber, status: MessageStatus, now: number): void {
    const waba = this.world.get('waba', number.wabaId);
    const date = localDate(now, waba?.timezone ?? 'UTC');
    const month = date.slice(0, 7);
    if (number.serviceDelivered.month !== month) number.serviceDelivered = { month, count: 0 };
    const pricing = pricingOf({
      category: this.category(message, number, date),
      reaction: message.type === 'reaction',
      inServiceWindow: message.inServiceWindow,
      inFreeEntry: message.inFreeEntry,
      date,
      serviceDelivered: number.serviceDelivered.count,
    });
    if (status === 'delivered' && pricing.category === 'service') number.serviceDelivered.count++;
    entry.pricing = pricing;
    if (status === 'delivered') message.pricing = pricing;
    // From Graph v24 the conversation is told only for free entry; the conversation era had one on every message.
    if (message.inFreeEntry || pricing.pricing_model === 'CBP') {
      const pair = this.world.pair(number.id, message.to);
      const end = message.inFreeEntry && pair.freeEntryUntil > now ? pair.freeEntryUntil : now + 86_400_000;
      entry.conversation = {
        id: (message.inFreeEntry && pair.freeEntryId) || message.id.slice(-24),
        ...(status === 'sent' && { expiration_timestamp: String(Math.floor(end / 1000)) }),
        origin: { type: originOf(pricing.category) },
      };
    }
  }

  private category(message: Message, number: PhoneNumber, date: string): PricingFacts['category'] {
    if (message.optimized) return 'marketing_lite';
    if (message.category !== 'authentication') return message.category as PricingFacts['category'];
    const waba = this.world.get('waba', number.wabaId);
    const portfolio = this.world.get('business', waba?.businessId);
    if (!portfolio?.authInternational) return 'authentication';
    const country = countryOf(message.to);
    return country && country !== portfolio.country && hasInternationalRate(country, date)
      ? 'authentication-international'
      : 'authentication';
  }
}

// `conversation.origin.type` writes an underscore where `pricing.category` writes a hyphen (pricing/rules.md §4.4).
const originOf = (category: PricingCategory) => category.replace('-', '_');

function failure(code: number): Json {
  const { title } = metaError(code);
  return {
    code,
    title,
    message: title,
    error_data: { details: DETAILS[code] ?? `${title}.` },
    href: '/docs/whatsapp/cloud-api/support/error-codes/',
  };
}
