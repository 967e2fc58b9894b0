import type { TemplateCategory } from '#libs/template-state';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * How long an accepted template message may wait for its turn before it is worth nothing. Authentication: Meta's own
 * default of 10 minutes (limits page, 2025-11). The others are ours: long enough for a moving day of the messaging limit
 * to pass. Free-form messages wait until their service window ends.
 */
export const TIME_TO_LIVE_MS: Readonly<Record<TemplateCategory, number>> = {
  authentication: 10 * MINUTE,
  utility: 26 * HOUR,
  marketing: 50 * HOUR,
};
