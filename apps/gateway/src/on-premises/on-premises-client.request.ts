import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';

const PEM = /^\s*(-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*)+$/;

/** How to reach and use a client. */
export class SetClientRequest {
  @ApiProperty({
    example: 'https://whatsapp.shop.example:9090',
    description: 'Where it answers `/v1`; a path before `/v1` is allowed',
  })
  @IsString()
  @MaxLength(500)
  url: string;

  @ApiProperty({
    example: 'admin',
    description: 'A user who may change settings, so that callbacks can be directed here',
  })
  @Matches(/^[^:\0]{1,100}$/, { message: 'user_name must be 1 to 100 characters without a colon' })
  user_name: string;

  @ApiProperty({ description: 'Kept sealed; no answer shows it' })
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  password: string;

  @ApiPropertyOptional({ description: 'Set in place of `password`; a fresh client wants one at its first login' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  new_password?: string;

  @ApiPropertyOptional({ description: 'PEM of the authority that signed its certificate, if that is no public one' })
  @IsOptional()
  @Matches(PEM, { message: 'ca_pem must be one or more certificates in PEM' })
  @MaxLength(50_000)
  ca_pem?: string;

  @ApiPropertyOptional({ description: 'Namespace of the templates; asked of Meta if absent' })
  @IsOptional()
  @Matches(/^\w{1,100}$/, { message: 'template_namespace must be 1 to 100 letters, digits or _' })
  template_namespace?: string;

  @ApiPropertyOptional({ description: 'Check each customer before the first message; clients before v2.39 want that' })
  @IsOptional()
  @IsBoolean()
  check_contacts?: boolean;
}

/** How to register the number for the Cloud API. */
export class MoveToCloudRequest {
  @ApiPropertyOptional({ example: '123456', description: 'Two-step PIN of the number; ours if absent' })
  @IsOptional()
  @Matches(/^\d{6}$/, { message: 'pin must be six digits' })
  pin?: string;
}
