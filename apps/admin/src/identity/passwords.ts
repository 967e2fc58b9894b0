import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, MaxLength } from 'class-validator';

/** An Argon2 hash costs the same for any length, but nobody types more than this. */
const LONGEST_PASSWORD = 200;
/** Staff see every tenant, so more than merchants' people need. */
export const SHORTEST_STAFF_PASSWORD = 12;

/** The password that somebody has. */
export class PasswordRequest {
  @ApiProperty() @IsString() @MaxLength(LONGEST_PASSWORD) password: string;
}
/** The password that somebody chooses. */
export class NewPasswordRequest {
  @ApiProperty({ minLength: SHORTEST_STAFF_PASSWORD })
  @IsString()
  @Length(SHORTEST_STAFF_PASSWORD, LONGEST_PASSWORD)
  new_password: string;
}
