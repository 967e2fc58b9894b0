import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { LONGEST_PASSWORD } from './found-account.request.js';

export class SignInRequest {
  @ApiProperty({ example: 'owner@shop.example' })
  @IsString()
  @MaxLength(254)
  email: string;

  @ApiProperty()
  @IsString()
  @MaxLength(LONGEST_PASSWORD)
  password: string;
}
