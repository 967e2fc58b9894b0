import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { AddressGuard, ForbiddenAddressError } from '#libs/outgoing-calls';
import { Database, type Tx } from '#libs/persistence';
import { MetaApp } from '#libs/provider-settings';
import { WebhookEndpoints } from '#libs/tenant-events';
import { Wabas } from '#libs/wabas';
import { refuse, unknownObject } from '../graph-envelope/refuse.js';
import { WebhookPoster } from './webhook-poster.js';

/** Meta takes callback addresses of up to 200 characters (webhook overrides, 2025-11-07). */
const LONGEST_CALLBACK = 200;

export interface SubscribedApps {
  data: { whatsapp_business_api_data: { id: string; link: string; name: string }; override_callback_uri?: string }[];
}

/** The tenant's webhook of one WABA, in Meta's words. */
@Injectable()
export class SubscribeApps {
  private readonly config = loadConfig(['PUBLIC_URL']);

  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly endpoints: WebhookEndpoints,
    private readonly guard: AddressGuard,
    private readonly poster: WebhookPoster,
    private readonly metaApp: MetaApp,
  ) {}

  /** @throws Refusal when the WABA is not the tenant's or the callback does not answer the handshake */
  async subscribe(tenantId: string, metaWabaId: string, body: Record<string, unknown>): Promise<void> {
    const wabaId = await this.db.inTenant(tenantId, (tx) => this.wabaOf(tx, tenantId, metaWabaId));
    const { override_callback_uri: callback, verify_token: verifyToken } = body;
    if (callback === undefined) return this.unsubscribe(tenantId, metaWabaId);
    if (typeof callback !== 'string' || callback.length > LONGEST_CALLBACK) {
      throw refuse(
        'invalid_parameter',
        `override_callback_uri must be a URL of at most ${LONGEST_CALLBACK} characters.`,
      );
    }
    if (typeof verifyToken !== 'string' || verifyToken === '') {
      throw refuse('missing_parameter', 'Send verify_token: your callback must know it to answer the handshake.');
    }
    const url = await this.prove(callback, verifyToken);
    await this.db.inTenant(tenantId, async (tx) => {
      // Of two calls at one moment the second changes what the first has made.
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`override of ${wabaId}`]);
      const known = await this.endpoints.findOverride(tx, tenantId, wabaId);
      if (known) await this.endpoints.change(tx, tenantId, known.endpointId, { url, enabled: true });
      else await this.endpoints.create(tx, tenantId, { url, wabaId }, 'subscribed_apps');
    });
  }

  async unsubscribe(tenantId: string, metaWabaId: string): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      const wabaId = await this.wabaOf(tx, tenantId, metaWabaId);
      const known = await this.endpoints.findOverride(tx, tenantId, wabaId);
      if (known) await this.endpoints.remove(tx, tenantId, known.endpointId);
    });
  }

  async list(tenantId: string, metaWabaId: string): Promise<SubscribedApps> {
    const known = await this.db.inTenant(tenantId, async (tx) =>
      this.endpoints.findOverride(tx, tenantId, await this.wabaOf(tx, tenantId, metaWabaId)),
    );
    const app = { id: this.metaApp.id, link: this.config.PUBLIC_URL, name: 'Paloma' };
    return {
      data: [{ whatsapp_business_api_data: app, ...(known ? { override_callback_uri: known.url } : {}) }],
    };
  }

  private async wabaOf(tx: Tx, tenantId: string, metaWabaId: string): Promise<string> {
    const waba = await this.wabas.waba(tx, tenantId, { metaWabaId });
    if (!waba) throw unknownObject(metaWabaId);
    return waba.wabaId;
  }

  /** Asks the callback as Meta does: it must answer 200 with the challenge and nothing else. */
  private async prove(callback: string, verifyToken: string): Promise<string> {
    let url: URL;
    try {
      url = await this.guard.judge(callback);
    } catch (error) {
      if (error instanceof ForbiddenAddressError) throw refuse('invalid_parameter', error.message);
      throw error;
    }
    const challenge = String(randomInt(1_000_000_000, 2_000_000_000));
    const asked = new URL(url);
    asked.searchParams.set('hub.mode', 'subscribe');
    asked.searchParams.set('hub.challenge', challenge);
    asked.searchParams.set('hub.verify_token', verifyToken);
    const { httpStatus, text, error } = await this.poster.get(asked.href);
    if (httpStatus !== 200 || text?.trim() !== challenge) {
      const why = error ?? `it answered ${httpStatus} without hub.challenge as its body`;
      throw refuse('invalid_parameter', `The callback did not prove itself: ${why}.`);
    }
    return url.href;
  }
}
