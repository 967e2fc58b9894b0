import { derivedId } from '#libs/ids';
import type { TenantEvent, WebhookEndpoint } from '#libs/tenant-events';

/** The event of kind `webhook_disabled`, in the envelope of all others: which endpoint was switched off, and why. */
export function webhookDisabled(endpoint: WebhookEndpoint, failingSince: Date, now: Date): TenantEvent {
  const { endpointId, url } = endpoint;
  const value = {
    webhook: { id: endpointId, url },
    reason: 'failing',
    failing_since: failingSince.toISOString(),
    disabled_at: now.toISOString(),
  };
  return {
    eventId: derivedId(now, 'webhook_disabled', endpointId),
    kind: 'webhook_disabled',
    body: {
      object: 'whatsapp_business_account',
      entry: [{ id: '0', time: Math.floor(now.getTime() / 1_000), changes: [{ value, field: 'webhook_disabled' }] }],
    },
  };
}
