import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { type CallbackNumber, cloudWebhookOf } from '#libs/meta-on-premises';
import { type Channel, Channels } from '../channels/channels.js';
import { parseExact, serialiseExact } from '../meta-inbound/exact-json.js';
import { type ReadChange, readWebhook } from '../meta-inbound/read-webhook.js';
import { ReceiveWebhook } from '../meta-inbound/receive-webhook.js';
import { RouteDirectory } from '../meta-inbound/route-directory.js';
import { sameText } from '../meta-inbound/same-text.js';
import { clientRoute } from './client-route.js';
import { type ClientRecord, OnPremisesClients } from './on-premises-clients.js';

/** A client repeats a callback for about a day; what a number's old one says much later is not of what was under way. */
const LATE_CALLBACKS_MS = 3 * 86_400_000;

/**
 * Takes in a callback of an On-Premises client: in the form of a Cloud API webhook it goes the way of those from there on,
 * as of the number whose client it is, whatever it says. What is answered 200 is committed.
 */
@Injectable()
export class ReceiveCallback {
  constructor(
    private readonly directory: RouteDirectory,
    private readonly channels: Channels,
    private readonly records: OnPremisesClients,
    private readonly webhooks: ReceiveWebhook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param body   as it came
   * @param secret proves that it comes from the client: callbacks have no signature (Meta, On-Premises webhooks, stored
   *   copies of 2026-05)
   * @throws Refusal 404 for a number without a client, or that left it days ago, and for a wrong secret; anything else only
   *   where it could not be committed
   */
  async receive(metaPhoneNumberId: string, secret: unknown, body: Buffer): Promise<void> {
    const { number, waba } = await this.authentic(metaPhoneNumberId, secret);
    const about = { metaPhoneNumberId, metaWabaId: waba.metaWabaId, displayPhoneNumber: number.displayPhoneNumber };
    const place = { tenantId: number.tenantId, route: clientRoute(metaPhoneNumberId) };
    await this.webhooks.keep(changesIn(body, about), place);
  }

  private async authentic(metaPhoneNumberId: string, secret: unknown): Promise<Channel> {
    const owner = await this.directory.find([{ kind: 'phone_number', metaId: metaPhoneNumberId }]);
    const channel = owner && (await this.channels.byMetaId(owner.tenantId, metaPhoneNumberId));
    const { onPremises } = channel ?? {};
    if (
      !channel ||
      !onPremises ||
      this.isOver(onPremises) ||
      !sameText(secret, this.records.callbackSecretOf(onPremises))
    ) {
      throw Refusal.notFound('callback address');
    }
    return channel;
  }

  private isOver({ state, stateAt }: ClientRecord): boolean {
    return state === 'moved' && this.clock.now().getTime() - stateAt.getTime() > LATE_CALLBACKS_MS;
  }
}

/** What cannot be read, or not be written again, stays as it came and is parked: its bytes are never read as a webhook. */
function changesIn(body: Buffer, about: CallbackNumber): ReadChange[] {
  let webhook: string;
  try {
    webhook = serialiseExact(cloudWebhookOf(parseExact(body.toString('utf8')), about));
  } catch {
    return [{ raw: body, why: 'a callback that is not JSON, or nested too deep' }];
  }
  return readWebhook(Buffer.from(webhook));
}
