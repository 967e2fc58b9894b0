import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import type { Meta } from '../meta.js';
import type { Json, PhoneNumber } from '../state/records.js';

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

const NAME_STATUSES = ['APPROVED', 'DECLINED'] as const;

export class MoveNumber {
  @ApiPropertyOptional({ enum: QUALITIES })
  @IsOptional()
  @IsIn(QUALITIES)
  quality_rating?: string;

  @ApiPropertyOptional({ enum: ['STANDARD', 'HIGH', 'NOT_APPLICABLE'], description: 'Or as Graph shows it: {level}' })
  @IsOptional()
  @Transform(({ value }) => value?.level ?? value)
  @IsIn(['STANDARD', 'HIGH', 'NOT_APPLICABLE'])
  throughput?: 'STANDARD' | 'HIGH' | 'NOT_APPLICABLE';

  @ApiPropertyOptional({ enum: NUMBER_STATUSES })
  @IsOptional()
  @IsIn(NUMBER_STATUSES)
  status?: string;

  @ApiPropertyOptional({ enum: NAME_STATUSES })
  @IsOptional()
  @IsIn(NAME_STATUSES)
  name_status?: (typeof NAME_STATUSES)[number];
}

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
