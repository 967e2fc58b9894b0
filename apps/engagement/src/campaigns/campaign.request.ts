import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsInstant, PageRequest } from '#libs/http';
import { CAMPAIGN_STATES, type CampaignState } from './campaign-state.js';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

export class VariantRequest {
  @ApiPropertyOptional({ example: 'A', description: 'A, B … if left out' })
  @IsOptional()
  @IsString()
  @Length(1, 50)
  name?: string;
  @ApiProperty({ example: 'spring_sale' }) @IsString() @Length(1, 512) template: string;
  @ApiProperty({ example: 'en_US' }) @IsString() @Length(2, 20) language: string;
  @ApiPropertyOptional({
    type: [Object],
    description: "The Cloud API's `template.components`; texts may hold `{{attribute|fallback}}`",
    example: [{ type: 'body', parameters: [{ type: 'text', text: '{{name|friend}}' }] }],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsObject({ each: true })
  components?: object[];
  @ApiPropertyOptional({ default: 1, description: 'Share of the audience, against the others' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  weight?: number;
}

export class ScheduleRequest {
  @ApiPropertyOptional({ description: 'An instant, ISO 8601 with a zone' }) @IsOptional() @IsInstant() at?: string;
  @ApiPropertyOptional({
    example: '2026-12-01T09:00',
    description:
      "Instead: a local time on each recipient's own clocks, by their attribute `time_zone`, else by the country of the number",
  })
  @IsOptional()
  @Matches(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/, {
    message: 'local must be YYYY-MM-DDTHH:MM',
  })
  local?: string;
}

export class QuietHoursRequest {
  @ApiProperty({ example: '21:00' }) @Matches(TIME, { message: 'from must be HH:MM' }) from: string;
  @ApiProperty({ example: '09:00' }) @Matches(TIME, { message: 'until must be HH:MM' }) until: string;
}

export class FailureStopRequest {
  @ApiProperty({ example: 30 }) @IsInt() @Min(1) @Max(100) percent: number;
  @ApiProperty({ example: 100, description: 'Fewer messages whose end is known say nothing yet' })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  at_least: number;
}

/** A campaign as it is drafted. */
export class CampaignRequest {
  @ApiProperty({ example: 'Spring sale' }) @IsString() @Length(1, 200) name: string;
  @ApiProperty({
    type: [String],
    description: "Meta's ids of the numbers that send; the audience is shared among them",
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Length(1, 60, { each: true })
  phone_number_ids: string[];
  @ApiProperty({ type: [VariantRequest], description: 'One, or several to see which does better' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => VariantRequest)
  variants: VariantRequest[];
  @ApiProperty({
    enum: ['list', 'contacts', 'segment'],
    description: '`list`: recipients that you list; `contacts`: all of your contacts; `segment`: those of `segment_id`',
  })
  @IsIn(['list', 'contacts', 'segment'])
  audience: 'list' | 'contacts' | 'segment';
  @ApiPropertyOptional({ description: 'With the audience `segment`' })
  @ValidateIf((request: CampaignRequest) => request.audience === 'segment')
  @IsUUID()
  segment_id?: string;
  @ApiPropertyOptional({ type: ScheduleRequest, description: 'At once if left out' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScheduleRequest)
  schedule?: ScheduleRequest;
  @ApiPropertyOptional({
    type: QuietHoursRequest,
    description: "Hours of the recipient's own clocks in which nothing is sent",
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => QuietHoursRequest)
  quiet_hours?: QuietHoursRequest;
  @ApiPropertyOptional({ description: 'Messages a minute, of all numbers together' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  throttle_per_minute?: number;
  @ApiPropertyOptional({ type: FailureStopRequest, description: '30 percent of 100 or more if left out' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => FailureStopRequest)
  stop_when_failing?: FailureStopRequest;
  @ApiPropertyOptional({
    default: false,
    description:
      'Links in texts, and buttons whose template leads to our host, are counted: each recipient once, without cookies',
  })
  @IsOptional()
  @IsBoolean()
  track_clicks?: boolean;
  @ApiPropertyOptional({
    default: 1,
    description: 'How often a message that failed for a reason that passes is sent anew, a day later',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(3)
  retries?: number;
}

export class RecipientRequest {
  @ApiProperty({
    example: '+5215512345678',
    description: 'A number with its country code, or a business-scoped user id',
  })
  @IsString()
  @Length(5, 200)
  to: string;
  @ApiPropertyOptional({ description: 'For personal parameters: text, numbers', example: { name: 'Ana' } })
  @IsOptional()
  @IsObject()
  attributes?: Record<string, unknown>;
}

/** Recipients of one call. */
export const LISTED_AT_ONCE = 10_000;

export class RecipientsRequest {
  @ApiProperty({ type: [RecipientRequest] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(LISTED_AT_ONCE)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RecipientRequest)
  recipients: RecipientRequest[];
}

export class CampaignsRequest extends PageRequest {
  @ApiPropertyOptional({ enum: CAMPAIGN_STATES }) @IsOptional() @IsIn([...CAMPAIGN_STATES]) state?: CampaignState;
}
