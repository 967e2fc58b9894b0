import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';
import { IsLine } from '#libs/http';
import { PRESETS } from './presets.js';

export class DefinitionRequest {
  @ApiProperty({ type: 'object', additionalProperties: true, example: PRESETS[0]?.definition })
  @IsObject()
  definition: object;
}

export class AutomationRequest extends DefinitionRequest {
  @ApiProperty({ example: 'Carts that were left' })
  @IsLine()
  @Length(1, 100)
  name: string;

  @ApiProperty({ description: "Meta's id of the number that sends" })
  @IsString()
  @Matches(/^\d{1,32}$/, { message: "phone_number_id must be Meta's id of a number, digits alone" })
  phone_number_id: string;

  @ApiPropertyOptional({ default: false })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}
