/** What kind of message it is, where the answer matters: a template's category, or `service` for free-form messages. */
export type MessageCategory = 'marketing' | 'utility' | 'authentication' | 'service';

/** What becomes of a message whose call to Meta had no answer, if no report about it comes within the grace time. */
export interface UnknownPolicy {
  /** How long to wait for a status webhook with our callback data, in seconds. Meta's webhooks mostly take seconds. */
  readonly graceSeconds: number;
  /** The state it then takes: `accepted` sends it again, `failed` gives it up, `parked` asks a person. */
  readonly outcome: 'accepted' | 'failed' | 'parked';
}

/**
 * The policy Paloma comes with; a provider may set its own. Sending twice is weighed against not sending:
 * a one-time code is awaited and the same code twice harms nobody; an advertisement is not missed, but twice it annoys and
 * costs twice; of the rest only a person can tell.
 */
export const UNKNOWN_POLICIES: Readonly<Record<MessageCategory, UnknownPolicy>> = {
  authentication: { graceSeconds: 60, outcome: 'accepted' },
  marketing: { graceSeconds: 86_400, outcome: 'failed' },
  utility: { graceSeconds: 3_600, outcome: 'parked' },
  service: { graceSeconds: 3_600, outcome: 'parked' },
};
