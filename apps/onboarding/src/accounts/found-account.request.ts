import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsEmail,
  IsISO31661Alpha2,
  IsOptional,
  IsString,
  IsUppercase,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { IsLine } from '#libs/http';

/** An Argon2 hash costs the same for any length, but nobody types more than this. */
export const LONGEST_PASSWORD = 200;
export const SHORTEST_PASSWORD = 10;

export class FoundAccountRequest {
  @ApiProperty({ example: 'Sample Shop' })
  @IsLine()
  @Length(1, 200)
  company: string;

  @ApiPropertyOptional({ description: 'ISO 3166 alpha-2', example: 'MX' })
  @IsOptional()
  @IsISO31661Alpha2()
  @IsUppercase()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be in capitals' })
  country?: string;

  @ApiProperty({ example: 'owner@shop.example' })
  @IsEmail()
  @MaxLength(254)
  email: string;

  @ApiProperty({ description: 'At least 10 characters' })
  @IsString()
  @Length(SHORTEST_PASSWORD, LONGEST_PASSWORD)
  password: string;
}
