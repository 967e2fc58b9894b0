/**
 * Every queue of Paloma and what its jobs carry. A job says "this lane has work", never what the work is: PostgreSQL
 * holds the work, so Redis can be lost (docs/adr/0003). One lane is drained by one worker at a time.
 */
export interface Lanes {
  /** Messages of a phone number wait to be sent to Meta. */
  'gateway.dispatch': { tenantId: string; phoneNumberId: string };
  /** Webhook changes of Meta wait to be applied, in order, for one route (a number or a WABA). */
  'gateway.intake': { tenantId: string; route: string };
  /** Events wait to be posted to a tenant's endpoint. */
  'gateway.deliver': { tenantId: string; endpointId: string };
  /** Media that customers sent to a number waits to be copied from Meta. */
  'gateway.media': { tenantId: string; phoneNumberId: string };
  /** Messages of a WABA's templates wait for them, or the templates are to be compared with Meta's list. */
  'gateway.templates': { tenantId: string; wabaId: string };
  /** A signup can take its next step. */
  'onboarding.signup': { tenantId: string; signupId: string };
  /** Delivered messages of a tenant wait to be rated. */
  'billing.rate': { tenantId: string };
  /** A customer wrote: contacts and conversations follow. */
  'engagement.inbound': { tenantId: string };
  /** What Paloma says by itself in a tenant's conversations waits. */
  'engagement.sayings': { tenantId: string };
  /** Bots have waited long enough, or another system is to be asked. */
  'engagement.bots': { tenantId: string };
  /** The audience of a campaign waits to be frozen. */
  'engagement.freeze': { tenantId: string; campaignId: string };
  /** Recipients of a campaign wait for a number to send to them. */
  'engagement.campaign': { tenantId: string; campaignId: string; phoneNumberId: string };
  /** There is news of messages that campaigns of a tenant sent. */
  'engagement.campaign-news': { tenantId: string };
}

export type LaneName = keyof Lanes;

/** What makes a lane of each queue: two jobs with the same key are the same lane. The part before the dot is the app that drains it. */
export const LANES: Readonly<Record<LaneName, { key: (data: never) => string }>> = {
  'gateway.dispatch': { key: (d: Lanes['gateway.dispatch']) => d.phoneNumberId },
  'gateway.intake': { key: (d: Lanes['gateway.intake']) => d.route },
  'gateway.deliver': { key: (d: Lanes['gateway.deliver']) => d.endpointId },
  'gateway.media': { key: (d: Lanes['gateway.media']) => d.phoneNumberId },
  'gateway.templates': { key: (d: Lanes['gateway.templates']) => d.wabaId },
  'onboarding.signup': { key: (d: Lanes['onboarding.signup']) => d.signupId },
  'billing.rate': { key: (d: Lanes['billing.rate']) => d.tenantId },
  'engagement.inbound': { key: (d: Lanes['engagement.inbound']) => d.tenantId },
  'engagement.sayings': { key: (d: Lanes['engagement.sayings']) => d.tenantId },
  'engagement.bots': { key: (d: Lanes['engagement.bots']) => d.tenantId },
  'engagement.freeze': { key: (d: Lanes['engagement.freeze']) => d.campaignId },
  'engagement.campaign': { key: (d: Lanes['engagement.campaign']) => `${d.campaignId}:${d.phoneNumberId}` },
  'engagement.campaign-news': { key: (d: Lanes['engagement.campaign-news']) => d.tenantId },
};

export const laneKey = <N extends LaneName>(name: N, data: Lanes[N]): string =>
  (LANES[name].key as (d: Lanes[N]) => string)(data);
