import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';

/** What a tenant may choose about an endpoint. */
export interface EndpointWish {
  url: string;
  wabaId?: string | null;
  phoneNumberId?: string | null;
  kinds?: string[] | null;
  headers?: Record<string, string>;
  enabled?: boolean;
}

/** How long signatures with the secret before a rotation go along: time enough to change it at the receiver. */
const PREVIOUS_SECRET_MS = 24 * 3_600_000;

/** What an endpoint missed while it was off is posted when it is on again, as far back as this: as long as retries last. */
export const CAUGHT_UP_MS = 7 * 24 * 3_600_000;
const LATE_EVENTS_MS = 3_600_000;

const context = (endpointId: string) => `webhook-secret:${endpointId}`;
const signingContext = (tenantId: string) => `webhook-signing:${tenantId}`;
const headerContext = (endpointId: string) => `webhook-headers:${endpointId}`;

// Standard Webhooks (specification 1.0.0): `whsec_` and the base64 of 24 to 64 random bytes.
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** The one writer of webhook endpoints. */
@Injectable()
export class WebhookEndpoints {
  private readonly deliveries = new WebhookDeliveries();

  constructor(
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The secret that signs posts to endpoints which a client of the Cloud API made: it knows one app secret and is never
   * told another. Made when it is first asked for.
   */
  async signingSecret(tx: Tx, tenantId: string): Promise<string> {
    await tx.query(
      'INSERT INTO webhook_signing_secrets (tenant_id, sealed_secret, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [tenantId, this.vault.seal(newSecret(), signingContext(tenantId)), this.clock.now()],
    );
    const [row] = await tx.query('SELECT sealed_secret FROM webhook_signing_secrets WHERE tenant_id = $1', [tenantId]);
    return this.vault.open(row.sealed_secret, signingContext(tenantId));
  }

  /** @returns the endpoint and its secret, which is shown this once */
  async create(
    tx: Tx,
    tenantId: string,
    wish: EndpointWish,
    managedBy: WebhookEndpoint['managedBy'] = 'tenant',
  ): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
    const now = this.clock.now();
    const endpointId = newId(now);
    const secret = managedBy === 'tenant' ? newSecret() : await this.signingSecret(tx, tenantId);
    const endpoint = await tx.getRepository(WebhookEndpoint).save({
      tenantId,
      endpointId,
      url: wish.url,
      sealedSecret: this.vault.seal(secret, context(endpointId)),
      sealedPreviousSecret: null,
      previousSecretUntil: null,
      wabaId: wish.wabaId ?? null,
      phoneNumberId: wish.phoneNumberId ?? null,
      kinds: wish.kinds ?? null,
      sealedHeaders: this.sealed(endpointId, wish.headers),
      enabled: wish.enabled ?? true,
      disabledAt: wish.enabled === false ? now : null,
      disabledReason: wish.enabled === false ? 'tenant' : null,
      managedBy,
      failures: 0,
      failingSince: null,
      restsUntil: null,
      createdAt: now,
      updatedAt: now,
    });
    return { endpoint, secret };
  }

  find(tx: Tx, tenantId: string, endpointId: string): Promise<WebhookEndpoint | null> {
    return tx.getRepository(WebhookEndpoint).findOneBy({ tenantId, endpointId });
  }

  /** The endpoint that `subscribed_apps` of a WABA manages. */
  findOverride(tx: Tx, tenantId: string, wabaId: string): Promise<WebhookEndpoint | null> {
    return tx.getRepository(WebhookEndpoint).findOneBy({ tenantId, wabaId, managedBy: 'subscribed_apps' });
  }

  /** The endpoint that a client of 360dialog set for a number, or for a WABA as a whole. */
  findD360(
    tx: Tx,
    tenantId: string,
    of: { phoneNumberId: string } | { wabaId: string },
  ): Promise<WebhookEndpoint | null> {
    return tx.getRepository(WebhookEndpoint).findOneBy({
      tenantId,
      managedBy: 'd360',
      ...('wabaId' in of ? { wabaId: of.wabaId, phoneNumberId: IsNull() } : { phoneNumberId: of.phoneNumberId }),
    });
  }

  list(tx: Tx, tenantId: string): Promise<WebhookEndpoint[]> {
    return tx.getRepository(WebhookEndpoint).find({ where: { tenantId }, order: { endpointId: 'ASC' } });
  }

  /**
   * Changes what is named; a change ends a rest, so a mended endpoint is tried at once. One that is switched on again gets
   * what happened while it was off, as far as that is not too long ago.
   *
   * @returns null: no such endpoint
   */
  async change(
    tx: Tx,
    tenantId: string,
    endpointId: string,
    wish: Partial<EndpointWish>,
  ): Promise<WebhookEndpoint | null> {
    const known = await this.find(tx, tenantId, endpointId);
    if (!known) return null;
    const now = this.clock.now();
    const { headers, ...rest } = wish;
    const named = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    await tx.getRepository(WebhookEndpoint).update(
      { tenantId, endpointId },
      {
        ...named,
        ...(headers ? { sealedHeaders: this.sealed(endpointId, headers) } : {}),
        ...(wish.enabled === true ? { disabledAt: null, disabledReason: null } : {}),
        ...(wish.enabled === false && known.enabled ? { disabledAt: now, disabledReason: 'tenant' as const } : {}),
        failures: 0,
        failingSince: null,
        restsUntil: null,
        updatedAt: now,
      },
    );
    if (wish.enabled && known.disabledAt) await this.catchUp(tx, known, now);
    return this.find(tx, tenantId, endpointId);
  }

  /** Switches every endpoint off, as the tenant itself would. @returns how many were on */
  async switchAllOff(tx: Tx, tenantId: string): Promise<number> {
    const now = this.clock.now();
    const { affected } = await tx
      .getRepository(WebhookEndpoint)
      .update(
        { tenantId, enabled: true },
        { enabled: false, disabledAt: now, disabledReason: 'tenant', restsUntil: null, updatedAt: now },
      );
    return affected ?? 0;
  }

  /** @returns the new secret, shown this once; the old one signs along for a day. undefined: no such endpoint */
  async rotateSecret(tx: Tx, tenantId: string, endpointId: string): Promise<string | undefined> {
    const endpoint = await this.find(tx, tenantId, endpointId);
    if (!endpoint) return undefined;
    const now = this.clock.now();
    const secret = newSecret();
    await tx.getRepository(WebhookEndpoint).update(
      { tenantId, endpointId },
      {
        sealedSecret: this.vault.seal(secret, context(endpointId)),
        sealedPreviousSecret: endpoint.sealedSecret,
        previousSecretUntil: new Date(now.getTime() + PREVIOUS_SECRET_MS),
        updatedAt: now,
      },
    );
    return secret;
  }

  /** The secrets in clear that posts are signed with at an instant, the current one first. */
  secretsOf(endpoint: WebhookEndpoint, at: Date): [current: string, ...previous: string[]] {
    const current = this.vault.open(endpoint.sealedSecret, context(endpoint.endpointId));
    const { sealedPreviousSecret, previousSecretUntil } = endpoint;
    return sealedPreviousSecret && previousSecretUntil && at < previousSecretUntil
      ? [current, this.vault.open(sealedPreviousSecret, context(endpoint.endpointId))]
      : [current];
  }

  /** The extra headers of an endpoint's posts, in clear. */
  headersOf(endpoint: WebhookEndpoint): Record<string, string> {
    const { endpointId, sealedHeaders } = endpoint;
    return sealedHeaders ? JSON.parse(this.vault.open(sealedHeaders, headerContext(endpointId))) : {};
  }

  private sealed(endpointId: string, headers: Record<string, string> | undefined): string | null {
    if (!headers || Object.keys(headers).length === 0) return null;
    return this.vault.seal(JSON.stringify(headers), headerContext(endpointId));
  }

  /** Queues what was told while the endpoint was off. */
  private async catchUp(tx: Tx, { tenantId, endpointId, disabledAt, createdAt }: WebhookEndpoint, now: Date) {
    // Events carry Meta's time, and some arrive late: what was posted before is not queued again.
    const from = Math.max(
      (disabledAt ?? now).getTime() - LATE_EVENTS_MS,
      createdAt.getTime(),
      now.getTime() - CAUGHT_UP_MS,
    );
    await this.deliveries.catchUp(tx, tenantId, endpointId, new Date(from), now);
  }

  /** Switches an endpoint off that failed for too long; @returns false: it is off already, or gone */
  async disableFailing(tx: Tx, tenantId: string, endpointId: string): Promise<boolean> {
    const now = this.clock.now();
    const { affected } = await tx
      .getRepository(WebhookEndpoint)
      .update(
        { tenantId, endpointId, enabled: true },
        { enabled: false, disabledAt: now, disabledReason: 'failing', updatedAt: now },
      );
    return affected === 1;
  }

  /** Notes how the last posts went: `failures` in a row, since when, and until when the endpoint is left in peace. */
  async noteHealth(
    tx: Tx,
    tenantId: string,
    endpointId: string,
    health: Pick<WebhookEndpoint, 'failures' | 'failingSince' | 'restsUntil'>,
  ): Promise<void> {
    await tx.getRepository(WebhookEndpoint).update({ tenantId, endpointId }, health);
  }

  /** Posts that still wait for the endpoint end as dead, in sight of the tenant's log. @returns false: no such endpoint */
  async remove(tx: Tx, tenantId: string, endpointId: string): Promise<boolean> {
    const { affected } = await tx.getRepository(WebhookEndpoint).delete({ tenantId, endpointId });
    if (!affected) return false;
    await tx.query(
      `UPDATE webhook_deliveries SET status = 'dead', last_error = 'the endpoint was deleted'
        WHERE tenant_id = $1 AND endpoint_id = $2 AND status = 'waiting'`,
      [tenantId, endpointId],
    );
    return true;
  }
}
