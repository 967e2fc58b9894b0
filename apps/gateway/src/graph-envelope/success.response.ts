import { ApiProperty } from '@nestjs/swagger';

/** Graph's answer to a write that has nothing else to say. */
export class SuccessResponse {
  @ApiProperty() success: boolean;
}
