import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { derivedId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';

/** What a tenant's webhook is told of its onboarding, beside what Meta tells. */
export type OnboardingEvent = 'signup_update' | 'number_update' | 'application_update';

/** Publishes to the tenant's webhooks as a partner API does; the gateway posts, signs and repeats. */
@Injectable()
export class TellTenant {
  constructor(
    private readonly events: TenantEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Tells an event in the caller's transaction. Told twice at one instant with the same data, it is told once.
   *
   * @param about our ids of what it is about, where endpoints ask for one account or number only
   */
  async tell(
    tx: Tx,
    tenantId: string,
    kind: OnboardingEvent,
    data: object,
    about: { wabaId?: string; phoneNumberId?: string } = {},
  ): Promise<void> {
    const at = this.clock.now();
    const body = { object: 'paloma_onboarding', event: kind, at: at.toISOString(), data };
    await this.events.publish(tx, tenantId, {
      eventId: derivedId(at, kind, JSON.stringify(data)),
      kind,
      ...about,
      body,
    });
  }
}
