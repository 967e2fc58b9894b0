import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { isId, newId } from '#libs/ids';
import { AddressGuard, ForbiddenAddressError } from '#libs/outgoing-calls';
import { Database, type Tx } from '#libs/persistence';
import { Wake } from '#libs/queues';
import {
  type Delivery,
  type EndpointWish,
  WebhookDeliveries,
  type WebhookEndpoint,
  WebhookEndpoints,
} from '#libs/tenant-events';
import { Wabas } from '#libs/wabas';
import { whyUnfit } from './custom-headers.js';
import { headersOf } from './sign-post.js';
import type { ChangeWebhookRequest, CreateWebhookRequest, ReplayRequest } from './webhook.request.js';
import {
  type ReplayResponse,
  type SecretResponse,
  type TestedResponse,
  type WebhookResponse,
  webhookResponse,
} from './webhook.response.js';
import { WebhookPoster } from './webhook-poster.js';

/** More would be somebody's loop: each event is posted to each of them. */
const MOST_ENDPOINTS = 20;
const REPLAYED_AT_ONCE = 10_000;
const BEGINNING = '1970-01-01T00:00:00Z';

/** What a tenant does with its endpoints. */
@Injectable()
export class ManageWebhooks {
  constructor(
    private readonly db: Database,
    private readonly endpoints: WebhookEndpoints,
    private readonly log: WebhookDeliveries,
    private readonly wabas: Wabas,
    private readonly guard: AddressGuard,
    private readonly poster: WebhookPoster,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(tenantId: string): Promise<WebhookResponse[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      const all = await this.endpoints.list(tx, tenantId);
      return Promise.all(all.map((endpoint) => this.shown(tx, endpoint)));
    });
  }

  show(tenantId: string, id: string): Promise<WebhookResponse> {
    return this.db.inTenant(tenantId, async (tx) => this.shown(tx, await this.found(tx, tenantId, id)));
  }

  /** @throws Refusal for an address that may not be reached, or a number or WABA that is not the tenant's */
  async create(tenantId: string, request: CreateWebhookRequest): Promise<WebhookResponse> {
    const url = await this.judged(request.url);
    return this.db.inTenant(tenantId, async (tx) => {
      // One after the other, so that what is made at once is counted as well.
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`webhooks of ${tenantId}`]);
      if ((await this.endpoints.list(tx, tenantId)).length >= MOST_ENDPOINTS) {
        throw Refusal.conflict(`There can be ${MOST_ENDPOINTS} endpoints. Remove one first.`);
      }
      const wish = { ...(await this.wishOf(tx, tenantId, request)), url };
      const { endpoint, secret } = await this.endpoints.create(tx, tenantId, wish);
      return this.shown(tx, endpoint, secret);
    });
  }

  async change(tenantId: string, id: string, request: ChangeWebhookRequest): Promise<WebhookResponse> {
    const url = request.url === undefined ? {} : { url: await this.judged(request.url) };
    const shown = await this.db.inTenant(tenantId, async (tx) => {
      const { endpointId } = await this.found(tx, tenantId, id);
      const wish = { ...(await this.wishOf(tx, tenantId, request)), ...url };
      const changed = await this.endpoints.change(tx, tenantId, endpointId, wish);
      if (!changed) throw Refusal.notFound('webhook');
      return this.shown(tx, changed);
    });
    void this.wake.lane('gateway.deliver', { tenantId, endpointId: id });
    return shown;
  }

  /** Queues past events once more. @throws Refusal 400 when it does not say which */
  async replay(tenantId: string, id: string, which: ReplayRequest): Promise<ReplayResponse> {
    const now = this.clock.now();
    const { event_ids: eventIds, to, status, cursor } = which;
    const from = which.from ?? (status === 'dead' && !eventIds ? BEGINNING : undefined);
    // A null says as little as a field that is absent.
    if (!eventIds === (from === undefined)) {
      throw Refusal.invalid('Send either event_ids, or from, or status: "dead".', { event_ids: ['or from'] });
    }
    const range = from === undefined ? undefined : { from: new Date(from), to: to ? new Date(to) : now, after: cursor };
    const outcome = await this.db.inTenant(tenantId, async (tx) => {
      const { endpointId } = await this.found(tx, tenantId, id);
      const common = { now, limit: REPLAYED_AT_ONCE, deadOnly: status === 'dead' };
      const replayed = await this.log.replay(tx, tenantId, endpointId, {
        ...common,
        ...(range ?? { eventIds: eventIds ?? [] }),
      });
      return { endpointId, ...replayed };
    });
    const { endpointId, ...answer } = outcome;
    void this.wake.lane('gateway.deliver', { tenantId, endpointId });
    return answer;
  }

  async remove(tenantId: string, id: string): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      const { endpointId } = await this.found(tx, tenantId, id);
      await this.endpoints.remove(tx, tenantId, endpointId);
    });
  }

  rotate(tenantId: string, id: string): Promise<string> {
    return this.db.inTenant(tenantId, async (tx) => {
      const { endpointId } = await this.found(tx, tenantId, id);
      const secret = await this.endpoints.rotateSecret(tx, tenantId, endpointId);
      if (!secret) throw Refusal.notFound('webhook');
      return secret;
    });
  }

  async signingSecret(tenantId: string): Promise<SecretResponse> {
    return { secret: await this.db.inTenant(tenantId, (tx) => this.endpoints.signingSecret(tx, tenantId)) };
  }

  /** Posts a test event now. It is in no log: the answer is all there is to know. */
  async test(tenantId: string, id: string): Promise<TestedResponse> {
    const endpoint = await this.db.inTenant(tenantId, (tx) => this.found(tx, tenantId, id));
    const now = this.clock.now();
    const change = { field: 'test', value: { messaging_product: 'whatsapp', text: 'This is a test of your webhook.' } };
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '0', time: Math.floor(now.getTime() / 1_000), changes: [change] }],
    });
    const custom = this.endpoints.headersOf(endpoint);
    const headers = headersOf({ eventId: newId(now), body, custom }, this.endpoints.secretsOf(endpoint, now), now);
    const { httpStatus, error } = await this.poster.post(endpoint.url, body, headers);
    return { delivered: error === undefined, http_status: httpStatus ?? null, error: error ?? null };
  }

  deliveries(
    tenantId: string,
    id: string,
    filter: { status?: Delivery['status'] | undefined; before?: string | undefined; limit: number },
  ): Promise<Delivery[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      const { endpointId, restsUntil } = await this.found(tx, tenantId, id);
      const posts = await this.log.log(tx, tenantId, endpointId, filter);
      // Nothing is posted while the endpoint rests, whatever a post was put down for.
      return posts.map((p) => (restsUntil && p.dueAt < restsUntil ? { ...p, dueAt: restsUntil } : p));
    });
  }

  private async found(tx: Tx, tenantId: string, id: string): Promise<WebhookEndpoint> {
    const endpoint = isId(id) ? await this.endpoints.find(tx, tenantId, id) : null;
    if (!endpoint) throw Refusal.notFound('webhook');
    return endpoint;
  }

  private async judged(url: string): Promise<string> {
    try {
      return (await this.guard.judge(url)).href;
    } catch (error) {
      if (error instanceof ForbiddenAddressError) throw Refusal.invalid(error.message, { url: [error.message] });
      throw error;
    }
  }

  private async wishOf(
    tx: Tx,
    tenantId: string,
    request: Omit<ChangeWebhookRequest, 'url'>,
  ): Promise<Omit<EndpointWish, 'url'>> {
    const { events, phone_number_id, waba_id, headers, enabled } = request;
    const unfit = whyUnfit(headers ?? {});
    if (unfit !== undefined) throw Refusal.invalid(unfit, { headers: [unfit] });
    const number =
      phone_number_id && (await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: phone_number_id }));
    if (phone_number_id && !number) throw Refusal.notFound('phone number');
    const waba = waba_id && (await this.wabas.waba(tx, tenantId, { metaWabaId: waba_id }));
    if (waba_id && !waba) throw Refusal.notFound('WABA');
    return {
      ...(events === undefined ? {} : { kinds: events }),
      ...(phone_number_id === undefined ? {} : { phoneNumberId: number ? number.phoneNumberId : null }),
      ...(waba_id === undefined ? {} : { wabaId: waba ? waba.wabaId : null }),
      ...(headers === undefined ? {} : { headers }),
      ...(typeof enabled === 'boolean' ? { enabled } : {}),
    };
  }

  private async shown(tx: Tx, endpoint: WebhookEndpoint, secret?: string): Promise<WebhookResponse> {
    const { tenantId, phoneNumberId, wabaId } = endpoint;
    const number = phoneNumberId && (await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId }));
    const waba = wabaId && (await this.wabas.waba(tx, tenantId, { wabaId }));
    const names = {
      phoneNumberId: number ? number.metaPhoneNumberId : null,
      wabaId: waba ? waba.metaWabaId : null,
      headers: Object.keys(this.endpoints.headersOf(endpoint)),
    };
    return webhookResponse(endpoint, names, secret);
  }
}
