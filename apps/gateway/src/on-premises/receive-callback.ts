import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { type CallbackNumber, cloudWebhookOf } from '#libs/meta-on-premises';
import { type Channel, Channels } from '../channels/channels.js';
import { parseExact, serialiseExact } from '../meta-inbound/exact-json.js';
import { readWebhook } from '../meta-inbound/read-webhook.js';
import { ReceiveWebhook } from '../meta-inbound/receive-webhook.js';
import { RouteDirectory } from '../meta-inbound/route-directory.js';
import { sameText } from '../meta-inbound/same-text.js';
import { OnPremisesClients } from './on-premises-clients.js';

/**
 * Takes in a callback of an On-Premises client: in the form of a Cloud API webhook it goes the way of those from there on.
 * What is answered 200 is committed.
 */
@Injectable()
export class ReceiveCallback {
  constructor(
    private readonly directory: RouteDirectory,
    private readonly channels: Channels,
    private readonly records: OnPremisesClients,
    private readonly webhooks: ReceiveWebhook,
  ) {}

  /**
   * @param body   as it came
   * @param secret proves that it comes from the client: callbacks have no signature (Meta, On-Premises webhooks, stored
   *   copies of 2026-05)
   * @throws Refusal 404 for a number without a client and for a wrong secret; anything else only where it could not be
   *   committed
   */
  async receive(metaPhoneNumberId: string, secret: unknown, body: Buffer): Promise<void> {
    const { number, waba } = await this.authentic(metaPhoneNumberId, secret);
    const about = { metaPhoneNumberId, metaWabaId: waba.metaWabaId, displayPhoneNumber: number.displayPhoneNumber };
    await this.webhooks.keep(readWebhook(asWebhook(body, about)));
  }

  private async authentic(metaPhoneNumberId: string, secret: unknown): Promise<Channel> {
    const owner = await this.directory.find([{ kind: 'phone_number', metaId: metaPhoneNumberId }]);
    const channel = owner && (await this.channels.byMetaId(owner.tenantId, metaPhoneNumberId));
    const { onPremises } = channel ?? {};
    if (!channel || !onPremises || !sameText(secret, this.records.callbackSecretOf(onPremises))) {
      throw Refusal.notFound('callback address');
    }
    return channel;
  }
}

/** What cannot be read stays as it came, and is parked like a webhook of Meta's that cannot be read. */
function asWebhook(body: Buffer, about: CallbackNumber): Buffer {
  try {
    return Buffer.from(serialiseExact(cloudWebhookOf(parseExact(body.toString('utf8')), about)));
  } catch {
    return body;
  }
}
