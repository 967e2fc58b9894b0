import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { PAGE_SIZE, type Page, PageRequest, pageOf } from '#libs/http';
import { Database } from '#libs/persistence';
import { may, Needs, Staff, type StaffCaller } from '#libs/staff';
import type { TenantStatus } from '#libs/tenants';
import { findTenants, type TenantRow } from './find-tenants.js';
import { SuspendTenant } from './suspend-tenant.js';
import { type Overview, TenantOverview } from './tenant-overview.js';

class FindRequest extends PageRequest {
  @ApiPropertyOptional({ description: "Part of a name or phone number, or one of Meta's ids" })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;
}

class ReasonRequest {
  @ApiProperty({ description: 'Why; it is kept in the audit log' }) @IsString() @Length(3, 1_000) reason: string;
}

@ApiTags('tenants')
@ApiBearerAuth()
@Controller('admin/v1/tenants')
export class TenantsController {
  constructor(
    private readonly db: Database,
    private readonly overview: TenantOverview,
    private readonly suspendTenant: SuspendTenant,
  ) {}

  /** Tenants with their numbers, newest first. */
  @Get()
  @Needs('tenants.read')
  @ApiOperation({ summary: 'Find tenants' })
  async find(@Query() request: FindRequest): Promise<Page<TenantRow>> {
    const rows = await this.db.asStaff((tx) =>
      findTenants(tx, { search: request.search, before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.id,
      (row) => row,
    );
  }

  /** One tenant on one page: numbers, limits, templates, traffic, charges, open signups, webhooks. */
  @Get(':id')
  @Needs('tenants.read')
  @ApiOperation({ summary: 'See one tenant' })
  async one(@Param('id', ParseUUIDPipe) id: string, @Staff() staff: StaffCaller): Promise<Overview> {
    return this.overview.of(id, { margin: may(staff.role, 'analytics.margin') });
  }

  /** Stops all sending of a tenant; it can still sign in and read, and what waits stays. */
  @Post(':id/suspend')
  @HttpCode(200)
  @Needs('tenants.suspend')
  @ApiOperation({ summary: 'Suspend a tenant' })
  async suspend(
    @Param('id', ParseUUIDPipe) tenantId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<{ id: string; status: TenantStatus }> {
    return this.suspendTenant.run({ tenantId, to: 'suspended', reason, staff });
  }

  /** Lets a suspended tenant send again. */
  @Post(':id/resume')
  @HttpCode(200)
  @Needs('tenants.suspend')
  @ApiOperation({ summary: 'Resume a tenant' })
  async resume(
    @Param('id', ParseUUIDPipe) tenantId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<{ id: string; status: TenantStatus }> {
    return this.suspendTenant.run({ tenantId, to: 'active', reason, staff });
  }
}
