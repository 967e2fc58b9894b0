import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, Length, ValidateIf } from 'class-validator';

/** Who is to be forgotten: one of the two. */
export class ErasureRequest {
  @ApiPropertyOptional({ description: 'Phone number with its country code, or business-scoped user id' })
  @ValidateIf((request: ErasureRequest) => request.contact_id === undefined)
  @IsString()
  @Length(5, 140)
  customer?: string;

  @ApiPropertyOptional({ description: 'Instead of `customer`' })
  @IsOptional()
  @IsUUID()
  contact_id?: string;
}
