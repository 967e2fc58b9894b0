import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsInstant, SizedPageRequest } from '#libs/http';
import { MESSAGE_STATUSES, type MessageStatus } from '#libs/message-status';
import { MESSAGE_TYPES } from './check-content.js';

const CATEGORIES = ['authentication', 'marketing', 'utility'] as const;

/** Which messages are listed; of several filters all must fit. */
export class ListMessagesRequest extends SizedPageRequest {
  @ApiPropertyOptional({ description: "Meta's id of the sending number", example: '106540352242922' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  phone_number_id?: string;

  @ApiPropertyOptional({
    description: 'Digits of the number (a leading + is dropped), a business-scoped user id, or the id of a group',
    example: '+16505551234',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  to?: string;

  @ApiPropertyOptional({ enum: MESSAGE_STATUSES })
  @IsOptional()
  @IsIn(MESSAGE_STATUSES)
  status?: MessageStatus;

  @ApiPropertyOptional({ enum: MESSAGE_TYPES })
  @IsOptional()
  @IsIn(MESSAGE_TYPES)
  type?: string;

  @ApiPropertyOptional({ enum: CATEGORIES, description: 'Of the template' })
  @IsOptional()
  @IsIn(CATEGORIES)
  category?: string;

  @ApiPropertyOptional({
    description: 'Your own `biz_opaque_callback_data`, such as the name of a campaign, in full',
    example: 'order-42',
  })
  @IsOptional()
  @IsString()
  @MaxLength(512)
  biz_opaque_callback_data?: string;

  @ApiPropertyOptional({ description: 'Accepted at this time or after', example: '2026-11-22T10:00:00Z' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ description: 'Accepted before this time', example: '2026-11-23T10:00:00Z' })
  @IsOptional()
  @IsInstant()
  until?: string;
}
