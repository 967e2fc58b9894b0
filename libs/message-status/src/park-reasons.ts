/** Why a message waits in sight of a person, and who or what lets it go on. */
export type ParkReason =
  | 'tier_exhausted'
  | 'number_restricted'
  | 'number_disconnected'
  | 'number_not_registered'
  | 'template_paused'
  | 'template_in_review'
  | 'account_restricted'
  | 'balance_exhausted'
  | 'payment_issue'
  | 'tenant_suspended'
  | 'retries_exhausted'
  | 'outcome_unknown'
  | 'unlisted_error';

/** `time`: it ends by itself. `tenant`, `provider`: a person of theirs has to act. `meta`: a decision of Meta's. */
export type ReleasedBy = 'time' | 'tenant' | 'provider' | 'meta';

export const PARK_REASONS: Readonly<Record<ParkReason, { releasedBy: ReleasedBy; says: string }>> = {
  tier_exhausted: { releasedBy: 'time', says: 'The messaging limit of the last 24 hours is used up' },
  number_restricted: { releasedBy: 'meta', says: 'Meta restricts what this number may send' },
  number_disconnected: { releasedBy: 'tenant', says: 'Meta no longer accepts our access to this number; reconnect it' },
  number_not_registered: { releasedBy: 'tenant', says: 'The number is not registered; register it with its PIN' },
  template_paused: { releasedBy: 'time', says: 'Meta paused the template for low quality' },
  template_in_review: { releasedBy: 'meta', says: 'The template was edited and Meta reviews it again' },
  account_restricted: { releasedBy: 'meta', says: 'Meta restricts the business account' },
  balance_exhausted: { releasedBy: 'tenant', says: 'The wallet does not cover this message; top it up' },
  payment_issue: { releasedBy: 'provider', says: 'Meta sees a payment problem on the business account' },
  tenant_suspended: { releasedBy: 'provider', says: 'The provider suspended this tenant' },
  retries_exhausted: { releasedBy: 'provider', says: 'Meta kept failing; the last error is stored with the message' },
  outcome_unknown: { releasedBy: 'provider', says: 'Meta never said whether it sent this message' },
  unlisted_error: { releasedBy: 'provider', says: 'Meta answered with an error the catalogue does not know' },
};
