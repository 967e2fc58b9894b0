import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { MayBeAbsent } from '#libs/http';

export class ParkedRequest {
  @ApiPropertyOptional() @MayBeAbsent() @IsUUID() tenant_id?: string;
}

const ID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const CURSOR = new RegExp(`^${ID}_${ID}$`);

export class ParkedListRequest extends ParkedRequest {
  @ApiPropertyOptional({ description: 'As the counts by cause name it' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(300)
  cause?: string;

  @ApiPropertyOptional({ description: '`next` of the page before' })
  @MayBeAbsent()
  @Matches(CURSOR, { message: 'cursor must be `next` of the page before' })
  cursor?: string;
}

/** Which parked items, and whether it is meant. */
export class HandleParkedRequest extends ParkedRequest {
  @ApiPropertyOptional({ description: 'As the counts by cause name it; this or `ids`' })
  @ValidateIf((request: HandleParkedRequest) => request.ids === undefined)
  @IsString()
  @MaxLength(300)
  cause?: string;

  @ApiPropertyOptional({ type: [String], description: 'Named ones: ids of the list' })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsUUID(undefined, { each: true })
  ids?: string[];

  @ApiPropertyOptional({ default: true, description: 'Say what would be done, and do nothing' })
  @MayBeAbsent()
  @IsBoolean()
  dry_run?: boolean;

  @ApiPropertyOptional({ description: '`count` of the dry run; required to do it' })
  @ValidateIf((request: HandleParkedRequest) => request.dry_run === false || request.expected_count !== undefined)
  @IsInt()
  @Min(0)
  expected_count?: number;

  @ApiPropertyOptional({ description: 'Why, for the audit log; required to do it', minLength: 3, maxLength: 1_000 })
  @ValidateIf((request: HandleParkedRequest) => request.dry_run === false || request.reason !== undefined)
  @IsString()
  @Length(3, 1_000)
  reason?: string;
}
