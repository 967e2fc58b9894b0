import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsUUID, ValidateIf } from 'class-validator';
import { IsInstant, MayBeAbsent } from '#libs/http';
import { ReasonRequest } from '#libs/staff';

/** Which past events of a tenant are posted once more: named ones, or those of a time. */
export class ReplayPostsRequest extends ReasonRequest {
  @ApiPropertyOptional({ type: [String], description: 'Up to 1,000 ids of events; these or `from`' })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsUUID('7', { each: true })
  event_ids?: string[];

  @ApiPropertyOptional({ example: '2026-11-22T10:00:00Z', description: 'Events from this time of their own on' })
  @ValidateIf((request: ReplayPostsRequest) => request.event_ids === undefined || request.from !== undefined)
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ example: '2026-11-22T12:00:00Z', description: 'Events before this time; now if absent' })
  @MayBeAbsent()
  @IsInstant()
  to?: string;

  @ApiPropertyOptional({ default: false, description: 'Only events whose posts were given up' })
  @MayBeAbsent()
  @IsBoolean()
  dead_only?: boolean;

  @ApiPropertyOptional({ description: '`next` of the call before' })
  @MayBeAbsent()
  @IsUUID('7')
  cursor?: string;
}
