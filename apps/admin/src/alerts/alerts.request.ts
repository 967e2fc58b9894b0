import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsNumber, Max, Min } from 'class-validator';
import { MayBeAbsent, PageRequest } from '#libs/http';
import { ReasonRequest } from '#libs/staff';

export class AlertsRequest extends PageRequest {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'Only those that go on, or only those that are over' })
  @MayBeAbsent()
  @IsIn(['true', 'false'])
  open?: 'true' | 'false';
}

export class RuleRequest extends ReasonRequest {
  @ApiProperty() @IsBoolean() enabled: boolean;
  @ApiProperty({ example: 20 }) @IsNumber() @Min(0) @Max(1e9) raise_at: number;
  @ApiProperty({ example: 10 }) @IsNumber() @Min(0) @Max(1e9) clear_at: number;
}
