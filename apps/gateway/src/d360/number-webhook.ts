import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#libs/persistence';
import { WebhookEndpoints } from '#libs/tenant-events';
import { Wabas } from '#libs/wabas';
import type { ChosenNumber } from './choose-number.js';
import { readWebhook, WebhookAddress } from './webhook-address.js';

/** As 360dialog's clients set and read it; an empty `url` is none. */
export interface D360Webhook {
  url: string;
  headers: Record<string, string>;
}

/** For whom a webhook is set: the number alone, or every number of its WABA. */
export type WebhookScope = 'number' | 'waba';

const UNIQUE_VIOLATION = '23505';

/** The tenant's webhook as 360dialog's clients manage it: one for a number, one for a WABA; the first is the stronger. */
@Injectable()
export class NumberWebhook {
  constructor(
    private readonly db: Database,
    private readonly endpoints: WebhookEndpoints,
    private readonly wabas: Wabas,
    private readonly address: WebhookAddress,
  ) {}

  async show({ number, waba }: ChosenNumber, scope: WebhookScope): Promise<D360Webhook> {
    const { tenantId } = number;
    const found = await this.db.inTenant(tenantId, (tx) =>
      this.endpoints.findD360(
        tx,
        tenantId,
        scope === 'waba' ? { wabaId: waba.wabaId } : { phoneNumberId: number.phoneNumberId },
      ),
    );
    return { url: found?.url ?? '', headers: found ? this.endpoints.headersOf(found) : {} };
  }

  /**
   * Sets the webhook, or with an empty `url` takes it away. Nothing is asked of the address: 360dialog has no handshake.
   *
   * @param body `url`, `headers` (sent along with each post), and for a WABA `override_all`, which takes the webhooks of
   *   its numbers away
   * @throws Refusal for an address that may not be reached, or a header that cannot be set
   */
  async set(chosen: ChosenNumber, scope: WebhookScope, body: unknown): Promise<D360Webhook> {
    const { url: given, headers } = readWebhook(body);
    const url = given === '' ? '' : await this.address.judged(given);
    const all = (body as { override_all?: unknown }).override_all;
    const save = () =>
      this.db.inTenant(chosen.number.tenantId, async (tx) => {
        if (scope === 'waba' && all === true) await this.forgetNumbers(tx, chosen);
        return this.save(tx, chosen, scope, { url, headers });
      });
    // Two who set the first webhook at once: the second finds that of the first.
    await save().catch((error) => {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      return save();
    });
    return { url, headers };
  }

  private async save(tx: Tx, { number, waba }: ChosenNumber, scope: WebhookScope, wish: D360Webhook): Promise<void> {
    const { tenantId, phoneNumberId } = number;
    const of = scope === 'waba' ? { wabaId: waba.wabaId } : { phoneNumberId };
    const known = await this.endpoints.findD360(tx, tenantId, of);
    if (wish.url === '') {
      if (known) await this.endpoints.remove(tx, tenantId, known.endpointId);
    } else if (known) {
      await this.endpoints.change(tx, tenantId, known.endpointId, { ...wish, enabled: true });
    } else {
      await this.endpoints.create(tx, tenantId, { ...wish, ...of }, 'd360');
    }
  }

  private async forgetNumbers(tx: Tx, { waba }: ChosenNumber): Promise<void> {
    const { tenantId, wabaId } = waba;
    for (const number of await this.wabas.phoneNumbers(tx, tenantId)) {
      if (number.wabaId !== wabaId) continue;
      const { phoneNumberId } = number;
      const known = await this.endpoints.findD360(tx, tenantId, { phoneNumberId });
      if (known) await this.endpoints.remove(tx, tenantId, known.endpointId);
    }
  }
}
