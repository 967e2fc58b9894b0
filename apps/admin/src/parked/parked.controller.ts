import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { Database } from '#libs/persistence';
import { Needs } from '#libs/staff';
import { listParked, type Parked } from './list-parked.js';

class ParkedRequest {
  @ApiPropertyOptional() @IsOptional() @IsUUID() tenant_id?: string;
}

@ApiTags('parked')
@ApiBearerAuth()
@Controller('admin/v1/parked')
export class ParkedController {
  constructor(private readonly db: Database) {}

  /** Everything that waits for a person, across tenants, newest first, each with its reason. */
  @Get()
  @Needs('parked.read')
  @ApiOperation({ summary: 'See what is parked' })
  async list(@Query() request: ParkedRequest): Promise<Parked> {
    return this.db.asStaff((tx) => listParked(tx, request.tenant_id));
  }
}
