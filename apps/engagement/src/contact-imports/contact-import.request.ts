import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsISO31661Alpha2, IsObject, IsOptional, IsString, Length } from 'class-validator';
import { PURPOSES, type Purpose } from '#libs/consent';
import { IsInstant } from '#libs/http';

/** JSON in a parameter; what is none stays text, and is refused as such. */
const fromJson = ({ value }: { value: unknown }): unknown => {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
};

export class ImportQuery {
  @ApiPropertyOptional({ description: 'What you call this file' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({ example: 'MX', description: 'Of numbers that are written without their country code' })
  @IsOptional()
  @IsISO31661Alpha2()
  country?: string;

  @ApiPropertyOptional({
    description:
      'JSON: what columns hold, by their names in the file: phone, user_id, username, name, tags, consent, ignore, ' +
      'attribute:key, or consent:purpose with consent_at:purpose, consent_source:purpose and consent_wording:purpose. Usual ' +
      'names, and keys of your attributes, are known without it',
    example: '{"Ciudad":"attribute:city"}',
    type: String,
  })
  @IsOptional()
  @Transform(fromJson)
  @IsObject()
  columns?: Record<string, string>;

  @ApiPropertyOptional({ description: 'Given to every contact of the file; parted by commas', type: String })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',').flatMap((tag) => tag.trim() || []) : value))
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 50, { each: true })
  tags?: string[];

  @ApiPropertyOptional({
    enum: PURPOSES,
    description: 'What everybody in the file agreed to, or who said yes in its column `consent`',
  })
  @IsOptional()
  @IsIn(PURPOSES)
  consent_purpose?: Purpose;

  @ApiPropertyOptional({ description: 'What they were shown, word for word; required with `consent_purpose`' })
  @IsOptional()
  @IsString()
  @Length(1, 2_000)
  consent_wording?: string;

  @ApiPropertyOptional({ description: 'When they agreed; required with `consent_purpose`' })
  @IsOptional()
  @IsInstant()
  consent_at?: string;
}
