import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

/** Every write of the staff says why. */
export class ReasonRequest {
  @ApiProperty({ description: 'Why, for the audit log', minLength: 3, maxLength: 1_000 })
  @IsString()
  @Length(3, 1_000)
  reason: string;
}
