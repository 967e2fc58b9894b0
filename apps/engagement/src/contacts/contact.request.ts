import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { IdentifierKind } from '#libs/contacts';
import { PageRequest } from '#libs/http';

const KINDS = ['phone', 'wa_id', 'user_id', 'username'] as const;
const MOST_IDENTIFIERS = 20;
const MOST_TAGS = 50;

/** A list of tags as a request holds it. */
const Tags = (): PropertyDecorator => (target, key) => {
  for (const decorate of [
    IsOptional(),
    IsArray(),
    ArrayMaxSize(MOST_TAGS),
    IsString({ each: true }),
    Length(1, 50, { each: true }),
    ApiPropertyOptional({ type: [String], maxItems: MOST_TAGS }),
  ]) {
    decorate(target, key);
  }
};

export class ContactsRequest extends PageRequest {
  @ApiPropertyOptional({ description: 'Part of a name, a phone number or another identifier' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;

  @ApiPropertyOptional({ description: 'Only those with this tag' })
  @IsOptional()
  @IsString()
  @MaxLength(50)
  tag?: string;
}

export class IdentifierRequest {
  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS)
  kind: IdentifierKind;

  @ApiProperty({ example: '+5215512345678', description: 'A phone has its country code' })
  @IsString()
  @Length(1, 140)
  value: string;
}

export class RenameContactRequest {
  @ApiProperty({ type: String, nullable: true, description: 'Null: go by their own name again' })
  @ValidateIf((request: RenameContactRequest) => request.name !== null)
  @IsString()
  @Length(1, 200)
  name: string | null;
}

export class EditContactRequest {
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Null: go by their own name again' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string | null;

  @ApiPropertyOptional({ description: 'By key; null takes one away', type: 'object', additionalProperties: true })
  @IsOptional()
  @IsObject()
  attributes?: Record<string, unknown>;

  @Tags() add_tags?: string[];
  @Tags() remove_tags?: string[];
}

export class PutContactRequest {
  @ApiProperty({ type: [IdentifierRequest] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDENTIFIERS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => IdentifierRequest)
  identifiers: IdentifierRequest[];

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({ description: 'By key', type: 'object', additionalProperties: true })
  @IsOptional()
  @IsObject()
  attributes?: Record<string, unknown>;

  @Tags() tags?: string[];
}

export class MergeContactRequest {
  @ApiProperty({ description: 'The contact who becomes part of this one' })
  @IsUUID()
  contact_id: string;
}

export class IdentifiersRequest {
  @ApiProperty({ type: [IdentifierRequest] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDENTIFIERS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => IdentifierRequest)
  identifiers: IdentifierRequest[];
}
