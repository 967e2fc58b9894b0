import { Controller, Delete, Get, HttpCode, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, type Page, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import {
  type Caller,
  type SupportAccess,
  SupportAccesses,
  type SupportUse,
  TenantCaller,
  TenantUserGuard,
} from '#libs/tenants';

/** Which of the provider's staff looked into this account, why, and what they called; an owner may end an access. */
@ApiTags('support')
@ApiBearerAuth()
@UseGuards(TenantUserGuard)
@Controller('api/v1/support-accesses')
export class SupportAccessesController {
  constructor(
    private readonly db: Database,
    private readonly accesses: SupportAccesses,
  ) {}

  /** Accesses of the provider's staff to this account, newest first. */
  @Get()
  @ApiOperation({ summary: 'List accesses of the provider' })
  async list(@TenantCaller() { tenantId }: Caller, @Query() request: PageRequest): Promise<Page<SupportAccess>> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.accesses.list(tx, tenantId, { before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.id,
      (row) => row,
    );
  }

  /** Every call that was made with an access, newest first. */
  @Get(':id/uses')
  @ApiOperation({ summary: 'List what was done with an access' })
  async uses(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) accessId: string,
    @Query() request: PageRequest,
  ): Promise<Page<SupportUse>> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.accesses.uses(tx, tenantId, accessId, { before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.id,
      (row) => row,
    );
  }

  /** Ends an access at once. */
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End an access of the provider' })
  async end(@TenantCaller() { tenantId, userId }: Caller, @Param('id', UuidPipe) accessId: string): Promise<void> {
    const ended = await this.db.inTenant(tenantId, (tx) => this.accesses.end(tx, tenantId, accessId, `user:${userId}`));
    if (!ended) throw Refusal.notFound('access that is still good');
  }
}
