import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsNumberString,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { PageRequest } from '#libs/http';
import { TEMPLATE_CATEGORIES, TEMPLATE_STATES, type TemplateCategory, type TemplateState } from '#libs/template-state';
import { READY_LANGUAGES, type ReadyLanguage } from './library/ready-templates.js';

export class WabaRequest {
  @ApiPropertyOptional({
    example: '102290129340398',
    description: "Meta's id of the account; not needed with one alone",
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  waba_id?: string;
}

export class ListTemplatesRequest extends PageRequest {
  @ApiPropertyOptional({ description: "Meta's id of the account" })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  waba_id?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(512)
  name?: string;

  @ApiPropertyOptional({ example: 'en_US' })
  @IsOptional()
  @IsString()
  @MaxLength(16)
  language?: string;

  @ApiPropertyOptional({ enum: TEMPLATE_STATES, description: 'Without it all but deleted ones' })
  @IsOptional()
  @IsIn(TEMPLATE_STATES)
  status?: TemplateState;

  @ApiPropertyOptional({ enum: TEMPLATE_CATEGORIES })
  @IsOptional()
  @IsIn(TEMPLATE_CATEGORIES)
  category?: TemplateCategory;
}

export class CarryTemplatesRequest {
  @ApiProperty({ example: '102290129340398', description: "Meta's id of the account that has the templates" })
  @IsNumberString({ no_symbols: true })
  from_waba_id: string;

  @ApiProperty({ example: '102290129340399', description: "Meta's id of the account that gets them" })
  @IsNumberString({ no_symbols: true })
  to_waba_id: string;
}

export class DeleteTemplatesRequest extends WabaRequest {
  @ApiPropertyOptional({ description: 'All languages of this name are deleted' })
  @IsString()
  @MaxLength(512)
  name: string;
}

export class SubmitReadyRequest extends WabaRequest {
  @ApiPropertyOptional({ enum: READY_LANGUAGES, isArray: true, description: 'All without it' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(READY_LANGUAGES.length)
  @IsIn(READY_LANGUAGES, { each: true })
  languages?: ReadyLanguage[];

  @ApiPropertyOptional({ description: 'Name at Meta; the key without it' })
  @IsOptional()
  @Matches(/^[a-z0-9_]{1,512}$/, { message: 'name must be 1 to 512 small letters, digits and _' })
  name?: string;
}
