import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { type WebhookEndpoint, WebhookEndpoints } from '#libs/tenant-events';
import { refuse } from '../graph-envelope/refuse.js';
import type { ChosenNumber } from './choose-number.js';
import { readWebhook, WebhookAddress } from './webhook-address.js';

/** As 360dialog's clients set and read it. */
export interface MultiWebhook {
  enabled: boolean;
  destinations: { url: string; headers: Record<string, string> }[];
}

/** 360dialog takes so many (360dialog, multi webhook, read in autumn 2026). */
const MOST = 3;

/**
 * More addresses to which the events of a number go. 360dialog copies an event only when the first webhook took it; here
 * each address is posted to for itself, with retries of its own, so that one which fails takes nothing from the others.
 */
@Injectable()
export class CopyWebhooks {
  constructor(
    private readonly db: Database,
    private readonly endpoints: WebhookEndpoints,
    private readonly address: WebhookAddress,
  ) {}

  show({ number }: ChosenNumber): Promise<MultiWebhook> {
    const { tenantId, phoneNumberId } = number;
    return this.db.inTenant(tenantId, async (tx) => {
      const copies = copiesIn(await this.endpoints.list(tx, tenantId), phoneNumberId);
      return {
        enabled: copies.some((copy) => copy.enabled),
        destinations: copies.map((copy) => ({ url: copy.url, headers: this.endpoints.headersOf(copy) })),
      };
    });
  }

  /**
   * Replaces them. Those that stay keep their logs and what waits for them.
   *
   * @param body `enabled` (true if absent), and up to three `destinations`: addresses, or objects of `url` and `headers`
   * @throws Refusal for an address that may not be reached, or a header that cannot be set
   */
  async set({ number }: ChosenNumber, body: unknown): Promise<MultiWebhook> {
    const { tenantId, phoneNumberId } = number;
    const { enabled, destinations } = await this.read(body);
    await this.db.inTenant(tenantId, async (tx) => {
      // Two who set them at once: one after the other.
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`copies of ${phoneNumberId}`]);
      const known = copiesIn(await this.endpoints.list(tx, tenantId), phoneNumberId);
      for (const { url, endpointId } of known) {
        if (!destinations.some((one) => one.url === url)) await this.endpoints.remove(tx, tenantId, endpointId);
      }
      for (const destination of destinations) {
        const wish = { ...destination, enabled };
        const copy = known.find((one) => one.url === destination.url);
        if (copy) await this.endpoints.change(tx, tenantId, copy.endpointId, wish);
        else await this.endpoints.create(tx, tenantId, { ...wish, phoneNumberId }, 'd360_copy');
      }
    });
    return { enabled, destinations };
  }

  private async read(body: unknown): Promise<MultiWebhook> {
    const { enabled = true, destinations } = (typeof body === 'object' && body !== null ? body : {}) as Record<
      string,
      unknown
    >;
    if (typeof enabled !== 'boolean') throw refuse('invalid_parameter', 'enabled: must be true or false.');
    if (!Array.isArray(destinations) || destinations.length > MOST) {
      throw refuse('invalid_parameter', `destinations: must be a list of at most ${MOST} addresses.`);
    }
    const read = new Map<string, MultiWebhook['destinations'][number]>();
    for (const one of destinations) {
      const { url, headers } = readWebhook(typeof one === 'string' ? { url: one } : one);
      const judged = await this.address.judged(url);
      read.set(judged, { url: judged, headers });
    }
    return { enabled, destinations: [...read.values()] };
  }
}

const copiesIn = (all: readonly WebhookEndpoint[], phoneNumberId: string): WebhookEndpoint[] =>
  all.filter((one) => one.managedBy === 'd360_copy' && one.phoneNumberId === phoneNumberId);
