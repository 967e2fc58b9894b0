import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#libs/persistence';
import { WebhookEndpoints } from '#libs/tenant-events';
import { Wabas } from '#libs/wabas';
import { refuse } from '../graph-envelope/refuse.js';
import { AddressGuard, ForbiddenAddressError } from '../tenant-webhooks/address-guard.js';
import { unfitHeader } from '../tenant-webhooks/custom-headers.js';
import type { ChosenNumber } from './choose-number.js';

/** As 360dialog's clients set and read it; an empty `url` is none. */
export interface D360Webhook {
  url: string;
  headers: Record<string, string>;
}

/** For whom a webhook is set: the number alone, or every number of its WABA. */
export type WebhookScope = 'number' | 'waba';

const LONGEST_URL = 2_048;
const UNIQUE_VIOLATION = '23505';

/** The tenant's webhook as 360dialog's clients manage it: one for a number, one for a WABA; the first is the stronger. */
@Injectable()
export class NumberWebhook {
  constructor(
    private readonly db: Database,
    private readonly endpoints: WebhookEndpoints,
    private readonly wabas: Wabas,
    private readonly guard: AddressGuard,
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
    const { url: given, headers: extra, override_all: all } = readBody(body);
    const url = given === '' ? '' : await this.judged(given);
    const unfit = unfitHeader(extra);
    if (unfit !== undefined) {
      throw refuse('invalid_parameter', `headers: ${unfit.slice(0, 100)} cannot be set. Take another name or value.`);
    }
    const save = () =>
      this.db.inTenant(chosen.number.tenantId, async (tx) => {
        if (scope === 'waba' && all === true) await this.forgetNumbers(tx, chosen);
        return this.save(tx, chosen, scope, { url, headers: extra });
      });
    // Two who set the first webhook at once: the second finds that of the first.
    await save().catch((error) => {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      return save();
    });
    return { url, headers: extra };
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

  private async judged(url: string): Promise<string> {
    try {
      return (await this.guard.judge(url)).href;
    } catch (error) {
      if (error instanceof ForbiddenAddressError) throw refuse('invalid_parameter', `url: ${error.message}`);
      throw error;
    }
  }
}

function readBody(body: unknown): { url: string; headers: Record<string, string>; override_all?: unknown } {
  const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const url = given.url ?? (given.url === null ? '' : undefined);
  if (url === undefined) throw refuse('missing_parameter', 'url: is required; an empty one takes the webhook away.');
  if (typeof url !== 'string' || url.length > LONGEST_URL) {
    throw refuse('invalid_parameter', `url: must be an address of at most ${LONGEST_URL} characters.`);
  }
  const headers = given.headers ?? {};
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw refuse('invalid_parameter', 'headers: must be an object of names and values.');
  }
  return { url, headers: headers as Record<string, string>, override_all: given.override_all };
}
