import type { PhoneNumber, Portfolio, Waba } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Outbox } from './outbox.js';
import { metaJson } from './signature.js';

const inSeconds = (ms: number) => Math.floor(ms / 1000);

/** Puts Meta's envelope around values and picks their receivers (meta/webhooks.md §1–2). */
export class Emitter {
  constructor(
    private readonly world: World,
    readonly outbox: Outbox,
  ) {}

  /** Field `messages`: to the number's override, else the WABA's, else the app's callback, of each subscribed app. */
  messages(number: PhoneNumber, value: Record<string, unknown>): void {
    const waba = this.world.get('waba', number.wabaId);
    if (!waba?.subscriptions.size) return;
    const payload = this.payload(waba.id, 'messages', this.withMetadata(number, value));
    for (const subscription of waba.subscriptions.values()) {
      const app = this.world.get('app', subscription.appId);
      if (!app || (app.fields && !app.fields.has('messages'))) continue;
      this.outbox.send(
        number.overrideUrl ?? subscription.overrideUrl ?? app.callbackUrl,
        'messages',
        payload,
        app.secret,
      );
    }
  }

  /** Any other field of a number that carries its metadata and no entry time, such as `user_preferences`. */
  numberField(number: PhoneNumber, field: string, value: Record<string, unknown>): void {
    const waba = this.world.get('waba', number.wabaId);
    if (waba) this.toApps(waba, field, this.payload(waba.id, field, this.withMetadata(number, value)));
  }

  /** Template and account fields: always to the callback of each subscribed app, never to an override. */
  account(waba: Waba, field: string, value: Record<string, unknown>): void {
    this.toApps(waba, field, this.payload(waba.id, field, value, this.world.now()));
  }

  /** Partner events name the partner's portfolio, and reach the app whether or not it is subscribed to the WABA. */
  partner(waba: Waba, appId: string, event: string): void {
    const app = this.world.get('app', appId);
    if (!app) return;
    const value = { event, waba_info: { waba_id: waba.id, owner_business_id: waba.businessId } };
    const payload = this.payload(app.businessId, 'account_update', value, this.world.now());
    this.outbox.send(app.callbackUrl, 'account_update', payload, app.secret);
  }

  capability(portfolio: Portfolio): void {
    for (const wabaId of portfolio.wabaIds) {
      const waba = this.world.get('waba', wabaId);
      if (!waba) continue;
      this.account(waba, 'business_capability_update', {
        max_daily_conversations_per_business: portfolio.messagingLimit,
        ...(portfolio.messagingLimit === 'TIER_250'
          ? { max_phone_numbers_per_business: 2 }
          : { max_phone_numbers_per_waba: 25 }),
      });
    }
  }

  /** Why a limit was not raised: `INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED` and its kin (meta/webhooks.md). */
  raisePutOff(portfolio: Portfolio, alertType: string): void {
    for (const wabaId of portfolio.wabaIds) {
      const waba = this.world.get('waba', wabaId);
      if (!waba) continue;
      this.account(waba, 'account_alerts', {
        entity_type: 'BUSINESS',
        entity_id: portfolio.id,
        alert_info: {
          alert_severity: 'WARNING',
          alert_status: 'ACTIVE',
          alert_type: alertType,
          alert_description: 'The quality of messages is too low to raise the limit.',
        },
      });
    }
  }

  private withMetadata(number: PhoneNumber, value: Record<string, unknown>): Record<string, unknown> {
    return {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: number.digits, phone_number_id: number.id },
      ...value,
    };
  }

  private toApps(waba: Waba, field: string, payload: string): void {
    for (const { appId } of waba.subscriptions.values()) {
      const app = this.world.get('app', appId);
      if (!app || (app.fields && !app.fields.has(field))) continue;
      this.outbox.send(app.callbackUrl, field, payload, app.secret);
    }
  }

  private payload(entryId: string, field: string, value: Record<string, unknown>, timeMs?: number): string {
    return metaJson({
      object: 'whatsapp_business_account',
      entry: [{ id: entryId, ...(timeMs !== undefined && { time: inSeconds(timeMs) }), changes: [{ value, field }] }],
    });
  }
}
