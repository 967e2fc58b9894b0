import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  ValidateIf,
} from 'class-validator';
import { type ConsentState, PURPOSES, type Purpose } from '#libs/consent';
import { IsInstant, PageRequest } from '#libs/http';

const STATES = ['asked', 'granted', 'withdrawn'] as const;
const MOST_WORDS = 50;

/** Whom it is about: one of the two. */
export class CustomerQuery extends PageRequest {
  @ApiPropertyOptional({ description: 'Phone number with its country code, or business-scoped user id' })
  @ValidateIf((query: CustomerQuery) => query.contact_id === undefined)
  @IsString()
  @Length(5, 140)
  customer?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsUUID()
  contact_id?: string;
}

export class ConsentRequest {
  @ApiPropertyOptional({ description: 'Phone number with its country code, or business-scoped user id' })
  @ValidateIf((request: ConsentRequest) => request.contact_id === undefined)
  @IsString()
  @Length(5, 140)
  customer?: string;

  @ApiPropertyOptional({ description: 'Instead of `customer`' })
  @IsOptional()
  @IsUUID()
  contact_id?: string;

  @ApiProperty({ enum: PURPOSES })
  @IsIn(PURPOSES)
  purpose: Purpose;

  @ApiProperty({
    enum: STATES,
    description: '`asked`: not agreed yet; a yes within seven days confirms it (double opt-in)',
  })
  @IsIn(STATES)
  state: ConsentState;

  @ApiPropertyOptional({ description: 'When the customer said so; now if absent' })
  @IsOptional()
  @IsInstant()
  at?: string;

  @ApiPropertyOptional({ description: 'What the customer was shown, word for word', maxLength: 2_000 })
  @IsOptional()
  @IsString()
  @Length(1, 2_000)
  wording?: string;

  @ApiPropertyOptional({
    description: 'Whatever shows it: page, form, recording',
    type: 'object',
    additionalProperties: true,
  })
  @IsOptional()
  @IsObject()
  proof?: object;
}

export class ConsentSettingsRequest {
  @ApiProperty({
    enum: PURPOSES,
    isArray: true,
    description: 'Purposes for which silence is no consent: only who has granted it is written to',
  })
  @IsArray()
  @IsIn(PURPOSES, { each: true })
  opt_in_for: Purpose[];

  @ApiProperty({ type: [String], description: 'Words beside STOP, BAJA, SAIR and the like that opt out' })
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @IsString({ each: true })
  @Length(1, 40, { each: true })
  stop_words: string[];

  @ApiProperty({ type: [String], description: 'Words beside START, ALTA and the like that opt back in' })
  @IsArray()
  @ArrayMaxSize(MOST_WORDS)
  @IsString({ each: true })
  @Length(1, 40, { each: true })
  start_words: string[];
}
