import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';

export class BeginSignupRequest {
  @ApiProperty({ enum: ['embedded'] })
  @IsIn(['embedded'])
  kind: 'embedded';
}

export class SignupCodeRequest {
  @ApiProperty({ description: 'authResponse.code of FB.login; it lives 30 seconds' })
  @IsString()
  @Length(1, 2_000)
  code: string;
}
