import { derivedId } from '#libs/ids';
import type { TenantEvent } from '#libs/tenant-events';
import type { ConsentChange } from './consents.js';

/** What a tenant's webhook is told of a change of consent, in the envelope of Paloma's own events. */
export function consentEvent(
  change: ConsentChange,
  about: { wabaId?: string | undefined; phoneNumberId?: string | undefined } = {},
): TenantEvent {
  const { recordId, customers, purpose, state, at, source, wording, proof } = change;
  return {
    eventId: derivedId(at, 'consent_update', recordId),
    kind: 'consent_update',
    ...about,
    customer: customers[0],
    body: {
      object: 'paloma_engagement',
      event: 'consent_update',
      at: at.toISOString(),
      data: { id: recordId, customers, purpose, state, source, wording: wording ?? null, proof: proof ?? {} },
    },
  };
}
