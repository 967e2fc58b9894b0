import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { MayBeAbsent, Refusal } from '#libs/http';
import { DIMENSIONS, type Dimension, type ReportScope } from './report-scope.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 400;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export class ReportRequest {
  @ApiPropertyOptional({ example: '2026-11-01', description: 'First day (UTC) of acceptance; 29 days ago if left out' })
  @MayBeAbsent()
  @Matches(DAY, { message: 'from must be YYYY-MM-DD' })
  from?: string;
  @ApiPropertyOptional({ example: '2026-11-30', description: 'Last day (UTC), included; today if left out' })
  @MayBeAbsent()
  @Matches(DAY, { message: 'to must be YYYY-MM-DD' })
  to?: string;
  @ApiPropertyOptional({
    example: 'day,market',
    description: `Any of ${DIMENSIONS.join(', ')}, in the order of sorting`,
  })
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  by: string = 'day';
  @ApiPropertyOptional() @MayBeAbsent() @IsUUID() tenant_id?: string;
  @ApiPropertyOptional({ description: 'Our id of a number' }) @MayBeAbsent() @IsUUID() phone_number_id?: string;
  @ApiPropertyOptional({ example: 'Mexico' }) @MayBeAbsent() @IsString() @MaxLength(100) market?: string;
  @ApiPropertyOptional({ example: 'marketing' }) @MayBeAbsent() @IsString() @MaxLength(50) category?: string;
}

/** @throws Refusal 400 for days that are none, run backward or are too many, and for a dimension that there is not */
export function scopeOf(request: ReportRequest, now: Date): ReportScope {
  const to = request.to ?? dayOf(now.getTime());
  const last = Date.parse(`${to}T00:00:00Z`);
  const from = request.from ?? dayOf(last - (DEFAULT_DAYS - 1) * DAY_MS);
  const first = Date.parse(`${from}T00:00:00Z`);
  if (dayOf(first) !== from || dayOf(last) !== to) throw Refusal.invalid('from and to: there is no such day.');
  if (first > last) throw Refusal.invalid('from: must not be after to.');
  if (last - first >= MOST_DAYS * DAY_MS) throw Refusal.invalid(`from and to: at most ${MOST_DAYS} days.`);
  const by = [...new Set(request.by.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  const unknown = by.find((name) => !DIMENSIONS.some((d) => d === name));
  if (unknown !== undefined) throw Refusal.invalid(`by: ${unknown} is none of ${DIMENSIONS.join(', ')}.`);
  return {
    from,
    before: dayOf(last + DAY_MS),
    by: by as Dimension[],
    tenantId: request.tenant_id,
    phoneNumberId: request.phone_number_id,
    market: request.market,
    category: request.category,
  };
}

const dayOf = (ms: number): string => (Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, 10));
