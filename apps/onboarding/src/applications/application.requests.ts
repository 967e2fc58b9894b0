import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsEmail,
  IsInt,
  IsISO31661Alpha2,
  IsOptional,
  IsString,
  IsUppercase,
  IsUrl,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsLine } from '#libs/http';

export class ApplyRequest {
  @ApiProperty({ example: 'Flores y Té S.A. de C.V.' }) @IsLine() @Length(2, 200) company: string;
  @ApiProperty({ description: 'ISO 3166 alpha-2', example: 'MX' })
  @IsISO31661Alpha2()
  @IsUppercase()
  @Length(2, 2)
  country: string;
  @ApiProperty({ description: 'As in the public register, or the tax number' })
  @IsLine()
  @Length(3, 60)
  registration_number: string;
  @ApiPropertyOptional({ example: 'https://flores.example' })
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true })
  @MaxLength(300)
  website?: string;
  @ApiProperty() @IsLine() @Length(2, 200) contact_name: string;
  @ApiProperty() @IsEmail() @MaxLength(254) contact_email: string;
  @ApiProperty({ description: 'The number to be connected', example: '+52 55 1234 5678' })
  @IsString()
  @MaxLength(40)
  phone: string;
  @ApiProperty({ description: 'What customers will see', example: 'Flores y Té' })
  @IsLine()
  @Length(3, 75)
  display_name: string;
  @ApiProperty({ example: 5000 }) @IsInt() @Min(0) @Max(1_000_000_000) monthly_messages: number;
  @ApiProperty({ example: 'Florist' }) @IsLine() @Length(2, 200) trade: string;
  @ApiProperty({ example: 'Order updates and answers to questions' }) @IsString() @Length(10, 2_000) use_cases: string;
}
export class AnswerRequest {
  @ApiProperty() @IsString() @Length(1, 4_000) answer: string;
}
