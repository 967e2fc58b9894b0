import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumberString,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';

const EVENT = /^[a-z_]{1,100}$/;

abstract class WebhookWish {
  @ApiPropertyOptional({
    example: ['message', 'status', 'message_template_status_update'],
    description:
      'Which events are posted: `message` (a customer wrote), `status` (of a message sent), or a webhook field of Meta. ' +
      'null or absent: all.',
    type: [String],
    nullable: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @Matches(EVENT, { each: true })
  events?: string[] | null;

  @ApiPropertyOptional({
    example: '106540352242922',
    description: "Only events of this number (Meta's id)",
    nullable: true,
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  phone_number_id?: string | null;

  @ApiPropertyOptional({
    example: '102290129340398',
    description: "Only events of this WABA (Meta's id)",
    nullable: true,
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  waba_id?: string | null;

  @ApiPropertyOptional({ example: { Authorization: 'Bearer secret' }, description: 'Sent along with each post' })
  @IsOptional()
  @IsObject()
  headers?: Record<string, string>;

  @ApiPropertyOptional({ description: 'While false nothing is posted, and events of that time are not posted later' })
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

/** Which part of an endpoint's log. */
export class DeliveryLogQuery {
  @ApiPropertyOptional({ enum: ['waiting', 'delivered', 'dead'] })
  @IsOptional()
  @IsIn(['waiting', 'delivered', 'dead'])
  status?: 'waiting' | 'delivered' | 'dead';

  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @Matches(/^\d{1,18}$/)
  cursor?: string;

  @ApiPropertyOptional({ description: 'At most 200', example: '50' })
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/)
  limit?: string;
}
