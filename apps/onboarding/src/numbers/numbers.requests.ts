import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { IsLine } from '#libs/http';
import type { UsedIn } from './judge-number.js';
import { DATA_REGIONS } from './number-state.js';

const PIN = /^\d{6}$/;

export class JudgeNumberRequest {
  @ApiProperty({ example: '+52 55 1234 5678' }) @IsString() @MaxLength(40) phone: string;
  @ApiPropertyOptional({ enum: ['nowhere', 'whatsapp', 'business-app', 'another-provider'] })
  @IsOptional()
  @IsIn(['nowhere', 'whatsapp', 'business-app', 'another-provider'])
  used_in?: UsedIn;
}
export class AddNumberRequest {
  @ApiProperty({ description: 'Meta’s id of the account' }) @IsString() @Length(1, 40) waba_id: string;
  @ApiProperty({ example: '+52 55 1234 5678' }) @IsString() @MaxLength(40) phone: string;
  @ApiProperty({ example: 'Sample Shop' }) @IsLine() @Length(3, 75) display_name: string;
  @ApiPropertyOptional({ description: 'Bring it from another provider' }) @IsOptional() @IsBoolean() migrate?: boolean;
}
export class CodeRequest {
  @ApiProperty({ enum: ['SMS', 'VOICE'] }) @IsIn(['SMS', 'VOICE']) method: 'SMS' | 'VOICE';
  @ApiPropertyOptional({ example: 'es_MX', default: 'en_US' })
  @IsOptional()
  @Matches(/^[a-z]{2,3}(_[A-Z]{2})?$/, { message: 'language must be one of Meta’s, such as es_MX' })
  language?: string;
}
export class VerifyRequest {
  @ApiProperty({ example: '123456', description: 'Six digits; a hyphen between is taken out' })
  @Matches(/^\d{3}[- ]?\d{3}$/, { message: 'code must be six digits' })
  code: string;
}
export class RegisterRequest {
  @ApiPropertyOptional({ description: 'Your own two-step PIN; left out, one is made and kept sealed' })
  @IsOptional()
  @Matches(PIN, { message: 'pin must be six digits' })
  pin?: string;
  @ApiPropertyOptional({ enum: DATA_REGIONS, description: 'Where Meta keeps its data at rest' })
  @IsOptional()
  @IsIn(DATA_REGIONS)
  data_localization_region?: string;
}
export class PinRequest {
  @ApiPropertyOptional({ description: 'Left out, one is made and kept sealed' })
  @IsOptional()
  @Matches(PIN, { message: 'pin must be six digits' })
  pin?: string;
}
export class NameRequest {
  @ApiProperty({ example: 'Sample Shop' }) @IsLine() @Length(3, 75) name: string;
}
export class ChatLinkRequest {
  @ApiPropertyOptional({ example: 'I have a question' }) @IsOptional() @IsString() @MaxLength(140) text?: string;
}
export class MakeQrRequest {
  @ApiProperty({ example: 'I have a question', description: 'At most 140 characters' })
  @IsString()
  @Length(1, 140)
  text: string;
  @ApiPropertyOptional({ enum: ['PNG', 'SVG'] }) @IsOptional() @IsIn(['PNG', 'SVG']) image?: 'PNG' | 'SVG';
}
