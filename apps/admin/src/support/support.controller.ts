import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { MayBeAbsent, PAGE_SIZE, type Page, PageRequest, pageOf, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { type SupportAccess, SupportAccesses, type SupportUse } from '#libs/tenants';
import { GrantAccess, type GrantedAccess } from './grant-access.js';

const LONGEST_MINUTES = 8 * 60;

class AccessRequest extends ReasonRequest {
  @ApiPropertyOptional({ default: 60, maximum: LONGEST_MINUTES })
  @MayBeAbsent()
  @IsInt()
  @Min(5)
  @Max(LONGEST_MINUTES)
  minutes: number = 60;
  @ApiPropertyOptional({
    default: false,
    description: 'Also change templates, numbers, webhooks, signups and campaigns',
  })
  @MayBeAbsent()
  @IsBoolean()
  writes: boolean = false;
  @ApiPropertyOptional({ default: false, description: 'Also read what people wrote to each other' })
  @MayBeAbsent()
  @IsBoolean()
  bodies: boolean = false;
}

/** Looking into a tenant as it would; what is done with an access, the tenant sees. */
@ApiTags('support')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id/support-accesses')
export class SupportController {
  constructor(
    private readonly db: Database,
    private readonly accesses: SupportAccesses,
    private readonly granting: GrantAccess,
  ) {}

  /** Makes a token for the tenant's APIs that only reads, unless asked otherwise. The reason is shown to the tenant. */
  @Post()
  @Header('cache-control', 'no-store')
  @Needs('support.read')
  @ApiOperation({ summary: 'Look into a tenant for a while' })
  grant(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { reason, minutes, writes, bodies }: AccessRequest,
    @Staff() staff: StaffCaller,
  ): Promise<GrantedAccess> {
    return this.granting.grant(tenantId, { reason, minutes, writes, bodies }, staff);
  }

  /** Who looked into the tenant, when and why, newest first. */
  @Get()
  @Needs('tenants.read')
  @ApiOperation({ summary: 'List accesses to a tenant' })
  async list(@Param('id', UuidPipe) tenantId: string, @Query() request: PageRequest): Promise<Page<SupportAccess>> {
    const rows = await this.db.asStaff((tx) =>
      this.accesses.list(tx, tenantId, { before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.id,
      (row) => row,
    );
  }

  /** Every call that was made with an access, newest first. */
  @Get(':access/uses')
  @Needs('tenants.read')
  @ApiOperation({ summary: 'List what was done with an access' })
  async uses(
    @Param('id', UuidPipe) tenantId: string,
    @Param('access', UuidPipe) accessId: string,
    @Query() request: PageRequest,
  ): Promise<Page<SupportUse>> {
    const rows = await this.db.asStaff((tx) =>
      this.accesses.uses(tx, tenantId, accessId, { before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.id,
      (row) => row,
    );
  }

  /** Ends an access before its time. */
  @Delete(':access')
  @HttpCode(204)
  @Needs('support.read')
  @ApiOperation({ summary: 'End an access' })
  end(
    @Param('id', UuidPipe) tenantId: string,
    @Param('access', UuidPipe) accessId: string,
    @Staff() staff: StaffCaller,
  ): Promise<void> {
    return this.granting.end(tenantId, accessId, staff);
  }
}
