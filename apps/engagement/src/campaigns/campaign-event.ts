import { derivedId } from '#libs/ids';
import type { TenantEvent } from '#libs/tenant-events';
import type { Campaign } from './campaign.js';

/** What a tenant's webhook is told when a campaign moves, in the envelope of Paloma's own events. */
export function campaignEvent(campaign: Campaign, at: Date): TenantEvent {
  const { campaignId, wabaId, name, state, cause, detail } = campaign;
  return {
    eventId: derivedId(at, 'campaign_update', campaignId, state),
    kind: 'campaign_update',
    wabaId,
    body: {
      object: 'paloma_engagement',
      event: 'campaign_update',
      at: at.toISOString(),
      data: { id: campaignId, name, state, cause, detail },
    },
  };
}
