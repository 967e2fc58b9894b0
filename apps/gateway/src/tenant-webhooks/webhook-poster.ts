import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AddressGuard, OutgoingCalls } from '#libs/outgoing-calls';
import { DELIVERY_POLICY, type DeliveryPolicy } from './delivery-policy.js';

/** Calls tenants' webhooks, for as long as the policy of deliveries waits. */
@Injectable()
export class WebhookPoster extends OutgoingCalls implements OnApplicationShutdown {
  constructor(guard: AddressGuard, @Inject(DELIVERY_POLICY) policy: DeliveryPolicy) {
    super(guard, policy.timeoutMs);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
