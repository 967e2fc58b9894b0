import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsIn, IsString, Length, Matches, MaxLength } from 'class-validator';
import { MayBeAbsent, PAGE_SIZE, type Page, PageRequest, pageOf, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { may, Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { SUSPENSION_LEVELS, type SuspensionLevel, type TenantStatus } from '#libs/tenants';
import { findTenants, type TenantRow } from './find-tenants.js';
import { FoundTenant } from './found-tenant.js';
import { SuspendTenant } from './suspend-tenant.js';
import { type Overview, TenantOverview } from './tenant-overview.js';

class FindRequest extends PageRequest {
  @ApiPropertyOptional({ description: "Part of a name, phone number or e-mail address, or an id of ours or Meta's" })
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  search?: string;
}

class SuspendRequest extends ReasonRequest {
  @ApiPropertyOptional({
    enum: SUSPENSION_LEVELS,
    default: 'sending',
    description: 'What is off; each includes the ones before',
  })
  @MayBeAbsent()
  @IsIn(SUSPENSION_LEVELS)
  level: SuspensionLevel = 'sending';
}
class FoundRequest extends ReasonRequest {
  @ApiProperty() @IsString() @Length(1, 200) name: string;
  @ApiPropertyOptional({ example: 'MX', description: 'ISO 3166 alpha-2' })
  @MayBeAbsent()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters' })
  country?: string;
  @ApiProperty() @IsEmail() @MaxLength(200) owner_email: string;
}

interface Suspended {
  id: string;
  status: TenantStatus;
  /** What is off; null: nothing. */
  off: SuspensionLevel | null;
}

@ApiTags('tenants')
@ApiBearerAuth()
@Controller('admin/v1/tenants')
export class TenantsController {
  constructor(
    private readonly db: Database,
    private readonly overview: TenantOverview,
    private readonly suspendTenant: SuspendTenant,
    private readonly foundTenant: FoundTenant,
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

  /** One tenant on one page: numbers, limits, templates, traffic, charges (for who may see money), open signups, webhooks. */
  @Get(':id')
  @Needs('tenants.read')
  @ApiOperation({ summary: 'See one tenant' })
  async one(@Param('id', UuidPipe) id: string, @Staff() staff: StaffCaller): Promise<Overview> {
    return this.overview.of(id, {
      money: may(staff.role, 'billing.read'),
      margin: may(staff.role, 'analytics.margin'),
    });
  }

  /** Founds a tenant for a merchant; the answer holds the link with which its owner joins, this once. */
  @Post()
  @Header('cache-control', 'no-store')
  @Needs('tenants.found')
  @ApiOperation({ summary: 'Found a tenant' })
  found(
    @Body() { name, country, owner_email, reason }: FoundRequest,
    @Staff() staff: StaffCaller,
  ): Promise<{ id: string; name: string; invitation_url: string }> {
    return this.foundTenant.run({ name, country, ownerEmail: owner_email, reason, staff });
  }

  /**
   * Switches something off: `marketing` (templates of that category), `sending` (everything; it can still sign in and read)
   * or `all` (it is let in nowhere). What waits is held, and goes out when it may, unless its time runs out. What customers
   * write and Meta reports is still received and posted to its webhooks.
   */
  @Post(':id/suspend')
  @HttpCode(200)
  @Needs('tenants.suspend')
  @ApiOperation({ summary: 'Suspend a tenant' })
  async suspend(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { reason, level }: SuspendRequest,
    @Staff() staff: StaffCaller,
  ): Promise<Suspended> {
    return this.suspendTenant.run({ tenantId, level, reason, staff });
  }

  /** Switches everything on again. */
  @Post(':id/resume')
  @HttpCode(200)
  @Needs('tenants.suspend')
  @ApiOperation({ summary: 'Resume a tenant' })
  async resume(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<Suspended> {
    return this.suspendTenant.run({ tenantId, level: null, reason, staff });
  }
}
