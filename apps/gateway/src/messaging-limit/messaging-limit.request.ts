import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length } from 'class-validator';

const LARGEST_AUDIENCE = 10_000;

export class PlanRequest {
  @ApiProperty({
    type: [String],
    maxItems: LARGEST_AUDIENCE,
    example: ['+5215512345678'],
    description: 'Numbers, or business-scoped user ids, in the order in which they are to be sent to',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(LARGEST_AUDIENCE)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  customers: string[];
}
