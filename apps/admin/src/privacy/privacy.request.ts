import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { MayBeNull } from '#libs/http';
import { ReasonRequest } from '#libs/staff';

/** Digits with 7 to 15 places (E.164), or a business-scoped user id as Meta writes it (`MX.1234…`). */
const CUSTOMER = /^(\d{7,15}|[A-Z]{2}\.[A-Za-z0-9.]{5,128})$/;

export class CustomerRequest extends ReasonRequest {
  @ApiProperty({ example: '+52 1 55 1234 5678', description: 'A number with its country code, or a user id of Meta' })
  @Transform(({ value }) =>
    typeof value === 'string' && /^[\d\s+().-]+$/.test(value) ? value.replaceAll(/\D/g, '') : value,
  )
  @Matches(CUSTOMER, {
    message: 'customer must be the digits of a number, or a business-scoped user id such as US.1349…',
  })
  customer: string;
}

export class RetentionRequest extends ReasonRequest {
  @ApiProperty({ type: Number, nullable: true, minimum: 1, maximum: 3650, description: 'Null: for good' })
  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(3650)
  body_days: number | null;
}
