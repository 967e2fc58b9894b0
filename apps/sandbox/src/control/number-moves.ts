import type { Meta } from '../meta.js';
import type { Json, PhoneNumber } from '../state/records.js';
import type { MoveNumber } from './objects.controller.js';

export const QUALITIES = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'];
// Seen in Meta's pages and OpenAPI (meta/onboarding.md §3).
export const NUMBER_STATUSES = [
  'CONNECTED',
  'PENDING',
  'DISCONNECTED',
  'UNVERIFIED',
  'FLAGGED',
  'RESTRICTED',
  'RATE_LIMITED',
  'BANNED',
  'DELETED',
  'MIGRATED',
];

// Since then limits belong to the portfolio, quality no longer lowers them and FLAGGED does not happen (meta/limits.md §1).
const PORTFOLIO_LIMITS_FROM = Date.UTC(2025, 9, 7);

/** Moves a number as Meta would, with the webhooks that tell of it. Falling quality alone has been silent since 2025-10. */
export function applyToNumber(meta: Meta, number: PhoneNumber, move: MoveNumber): void {
  const { world, emitter, names } = meta;
  const waba = world.get('waba', number.wabaId)!;
  const limit = world.get('business', waba.businessId)?.messagingLimit;
  const old = world.now() < PORTFOLIO_LIMITS_FROM;
  const tell = (event: string, more: Json) =>
    emitter.account(waba, 'phone_number_quality_update', { display_phone_number: number.digits, event, ...more });
  const setStatus = (status: string) => {
    const before = number.status;
    number.status = status;
    if (status === 'CONNECTED') number.registered = true;
    if (status === 'FLAGGED' && before !== 'FLAGGED') tell('FLAGGED', { old_limit: limit, current_limit: limit });
    if (before === 'FLAGGED' && status === 'CONNECTED') tell('UNFLAGGED', { old_limit: limit, current_limit: limit });
  };
  if (move.quality_rating !== undefined) {
    number.qualityRating = move.quality_rating;
    if (old && move.quality_rating === 'RED' && number.status === 'CONNECTED') setStatus('FLAGGED');
    if (old && move.quality_rating !== 'RED' && number.status === 'FLAGGED') setStatus('CONNECTED');
  }
  if (move.throughput !== undefined && move.throughput !== number.throughputLevel) {
    number.throughputLevel = move.throughput;
    if (move.throughput === 'HIGH')
      tell('THROUGHPUT_UPGRADE', { current_limit: limit, max_daily_conversations_per_business: limit });
  }
  if (move.status !== undefined) setStatus(move.status);
  if (move.name_status !== undefined) names.decide(number, move.name_status);
}
