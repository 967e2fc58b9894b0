import type { TemplateCategory } from '#libs/template-state';
import type { Template } from '#libs/templates';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * How long an accepted template message may wait for its turn before it is worth nothing, where its template says nothing.
 * Authentication: Meta's own default of 10 minutes (limits page, 2025-11). The others are ours: long enough for a moving day
 * of the messaging limit to pass. Free-form messages wait until their service window ends.
 */
const USUAL_MS: Readonly<Record<TemplateCategory, number>> = {
  authentication: 10 * MINUTE,
  utility: 26 * HOUR,
  marketing: 50 * HOUR,
};

/** What -1 means in a template (limits page, 2025-11). */
const LONGEST_MS = 30 * 24 * HOUR;

/**
 * How long a message of a template is worth sending, in ms: the template's own `message_send_ttl_seconds`, for what Meta
 * would not deliver so late need not be sent to it, or what is usual for its category.
 */
export function timeToLiveOf({
  category,
  timeToLiveSeconds,
}: Pick<Template, 'category' | 'timeToLiveSeconds'>): number {
  if (timeToLiveSeconds === -1) return LONGEST_MS;
  return timeToLiveSeconds !== null && timeToLiveSeconds > 0 ? timeToLiveSeconds * SECOND : USUAL_MS[category];
}
