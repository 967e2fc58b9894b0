import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';

export class ParkedRequest {
  @ApiPropertyOptional() @IsOptional() @IsUUID() tenant_id?: string;
}

const CURSOR = /^[0-9a-f-]{36}_[0-9a-f-]{36}$/;

export class ParkedListRequest extends ParkedRequest {
  @ApiPropertyOptional({ description: 'As the counts by cause name it' })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  cause?: string;

  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @Matches(CURSOR)
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
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsUUID(undefined, { each: true })
  ids?: string[];

  @ApiPropertyOptional({ default: true, description: 'Say what would be done, and do nothing' })
  @IsOptional()
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
