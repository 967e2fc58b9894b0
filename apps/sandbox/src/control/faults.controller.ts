import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { Meta } from '../meta.js';
import { FAULT_MODES, type FaultMode } from '../state/faults.js';
import { digitsOf } from '../state/phone.js';

class AddFault {
  @ApiPropertyOptional({ description: 'Calls whose path contains this, without version', example: '/messages' })
  @IsOptional()
  @IsString()
  path?: string;

  @ApiPropertyOptional({ description: 'Sends to this recipient' })
  @IsOptional()
  @IsString()
  to?: string;

  @ApiProperty({ enum: FAULT_MODES })
  @IsIn(FAULT_MODES)
  mode: FaultMode;

  @ApiPropertyOptional()
  @IsOptional()
  @IsInt()
  @Min(400)
  @Max(599)
  http_status?: number;

  @ApiPropertyOptional({ description: 'Graph error code', default: 131000 })
  @IsOptional()
  @IsInt()
  code?: number;

  @ApiPropertyOptional({ description: 'Graph error subcode', example: 33 })
  @IsOptional()
  @IsInt()
  subcode?: number;

  @ApiPropertyOptional({ default: 1000 })
  @IsOptional()
  @IsInt()
  @Min(0)
  delay_ms?: number;

  @ApiPropertyOptional({ description: 'Seconds in the header Retry-After of an error' })
  @IsOptional()
  @IsInt()
  @Min(0)
  retry_after?: number;

  @ApiPropertyOptional({ default: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  count?: number;
}

@ApiTags('Control')
@Controller('_sandbox/faults')
export class FaultsController {
  constructor(private readonly meta: Meta) {}

  /** The next `count` matching calls fail this way. */
  @ApiOperation({ summary: 'Let the next matching calls fail' })
  @Post()
  @HttpCode(200)
  add(@Body() body: AddFault) {
    return this.meta.world.faults.add({ ...body, to: body.to === undefined ? undefined : digitsOf(body.to) });
  }

  @ApiOperation({ summary: 'List the faults to come' })
  @Get()
  list() {
    return { data: this.meta.world.faults.list() };
  }

  @ApiOperation({ summary: 'Take all faults back' })
  @Delete()
  clear() {
    this.meta.world.faults.clear();
    return { success: true };
  }
}
