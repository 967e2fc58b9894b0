import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { MayBeAbsent } from '#libs/http';
import type { MetaAppSetting } from '#libs/provider-settings';
import { ReasonRequest } from '#libs/staff';

export const META_APP_FIELDS = [
  'app_id',
  'signup_config_id',
  'system_user_id',
  'business_id',
  'credit_line_id',
] as const satisfies readonly (keyof MetaAppSetting)[];

const ID = /^[\w-]{1,64}$/;
const ID_OR_NONE = /^[\w-]{0,64}$/;
const AN_ID = { message: "$property must be an id of Meta's: up to 64 letters, digits, _ and -" };

export class MetaAppRequest extends ReasonRequest {
  @ApiPropertyOptional({ example: '1234567890' }) @MayBeAbsent() @Matches(ID, AN_ID) app_id?: string;
  @ApiPropertyOptional({ description: 'Login configuration of Embedded Signup' })
  @MayBeAbsent()
  @Matches(ID, AN_ID)
  signup_config_id?: string;
  @ApiPropertyOptional() @MayBeAbsent() @Matches(ID_OR_NONE, AN_ID) system_user_id?: string;
  @ApiPropertyOptional() @MayBeAbsent() @Matches(ID_OR_NONE, AN_ID) business_id?: string;
  @ApiPropertyOptional({ description: 'Empty for a tech provider' })
  @MayBeAbsent()
  @Matches(ID_OR_NONE, AN_ID)
  credit_line_id?: string;
}

/** Meta delivers a webhook again for up to 7 days (webhooks overview, 2025-11), signed as it was. */
const RETRIES_HOURS = 7 * 24;
const LONGEST_OVERLAP_HOURS = 30 * 24;

export class SecretRequest extends ReasonRequest {
  @ApiProperty({ description: 'It is never shown again', minLength: 16, maxLength: 1_000 })
  @Matches(/^[\x21-\x7e]{16,1000}$/, { message: 'secret must be 16 to 1000 characters without spaces' })
  secret: string;
  @ApiPropertyOptional({
    default: RETRIES_HOURS,
    description: "So long what it replaces is accepted as well; Meta's retries last 7 days",
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(LONGEST_OVERLAP_HOURS)
  overlap_hours: number = RETRIES_HOURS;
}
