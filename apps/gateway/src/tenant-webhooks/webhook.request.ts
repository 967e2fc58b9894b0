import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumberString,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
} from 'class-validator';
import { IsInstant, PageRequest } from '#libs/http';

const EVENT = /^[a-z_]{1,100}$/;

abstract class WebhookWish {
  @ApiPropertyOptional({
    example: ['message', 'status', 'message_template_status_update'],
    description:
      'Which events are posted: `message` (a customer wrote), `status` (of a message sent), a webhook field of Meta ' +
      '(`messages` is both and errors of the number), or `webhook_disabled`. null or absent: all.',
    type: [String],
    nullable: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @Matches(EVENT, { each: true, message: 'each of events must be the name of an event, such as status' })
  events?: string[] | null;

  @ApiPropertyOptional({
    example: '106540352242922',
    description: "Only events of this number (Meta's id)",
    type: String,
    nullable: true,
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  phone_number_id?: string | null;

  @ApiPropertyOptional({
    example: '102290129340398',
    description: "Only events of this WABA (Meta's id)",
    type: String,
    nullable: true,
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  waba_id?: string | null;

  @ApiPropertyOptional({
    example: { Authorization: 'Bearer secret' },
    description: 'Sent along with each post',
    type: 'object',
    additionalProperties: { type: 'string' },
  })
  @IsOptional()
  @IsObject()
  headers?: Record<string, string>;

  @ApiPropertyOptional({
    description:
      'While false nothing is posted. Events of that time are posted when it is true again, as far back as seven days.',
  })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

/** What a tenant says when it makes an endpoint. */
export class CreateWebhookRequest extends WebhookWish {
  @ApiProperty({ example: 'https://shop.example/paloma', description: 'Public https address' })
  @IsString()
  @MaxLength(2048)
  url: string;
}

/** What a tenant says when it changes an endpoint. Absent fields stay as they are. */
export class ChangeWebhookRequest extends WebhookWish {
  @ApiPropertyOptional({ example: 'https://shop.example/paloma', description: 'Public https address' })
  @IsOptional()
  @IsString()
  @MaxLength(2048)
  url?: string;
}

/** Which past events an endpoint gets once more: named ones, or those of a time. */
export class ReplayRequest {
  @ApiPropertyOptional({
    type: [String],
    description: 'Up to 1,000 ids (`webhook-id` of a post, `event_id` of the log)',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsUUID('7', { each: true })
  event_ids?: string[];

  @ApiPropertyOptional({ example: '2026-11-22T10:00:00Z', description: 'Events from this time of their own on' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ example: '2026-11-22T12:00:00Z', description: 'Events before this time; now if absent' })
  @IsOptional()
  @IsInstant()
  to?: string;

  @ApiPropertyOptional({
    enum: ['dead'],
    description: '`dead`: only events whose posts were given up; without `event_ids` and `from` all of them',
  })
  @IsOptional()
  @IsIn(['dead'])
  status?: 'dead';

  @ApiPropertyOptional({ description: '`next` of the call before' })
  @IsOptional()
  @IsUUID('7')
  cursor?: string;
}

/** Which part of an endpoint's log. */
export class DeliveryLogQuery extends PageRequest {
  @ApiPropertyOptional({ enum: ['waiting', 'delivered', 'dead'] })
  @IsOptional()
  @IsIn(['waiting', 'delivered', 'dead'])
  status?: 'waiting' | 'delivered' | 'dead';
}
