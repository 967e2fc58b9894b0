import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Closings } from '#libs/closing';
import { Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { CloseTenant } from './close-tenant.js';
import { ClosingPreviewResponse, ClosingResponse, closingResponse, ExportLinkResponse } from './closing.response.js';

@ApiTags('tenants')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id')
export class ClosingController {
  constructor(
    private readonly db: Database,
    private readonly closings: Closings,
    private readonly closeTenant: CloseTenant,
  ) {}

  /** What closing would do: what goes and what stays, row by row, what leaves Meta, and what is owed. Nothing is done. */
  @Get('closing/preview')
  @Needs('tenants.read')
  @ApiOperation({ summary: 'See what closing a tenant would do' })
  @ApiOkResponse({ type: ClosingPreviewResponse })
  preview(@Param('id', UuidPipe) tenantId: string): Promise<ClosingPreviewResponse> {
    return this.closeTenant.preview(tenantId);
  }

  /**
   * Closes a tenant. It can read and take its data along until the grace is over, and no longer send or change anything; then
   * its numbers leave Meta and everything of it is erased but the books.
   */
  @Post('closing')
  @Needs('tenants.close')
  @ApiOperation({ summary: 'Close a tenant' })
  @ApiCreatedResponse({ type: ClosingResponse })
  async begin(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<ClosingResponse> {
    return closingResponse(await this.closeTenant.begin(tenantId, reason, staff));
  }

  /** How far it is, what Meta said, what was found and erased, and what a last count finds. */
  @Get('closing')
  @Needs('tenants.read')
  @ApiOperation({ summary: 'See the closing of a tenant and its proof' })
  @ApiOkResponse({ type: ClosingResponse })
  async show(@Param('id', UuidPipe) tenantId: string): Promise<ClosingResponse> {
    const closing = await this.db.asStaff((tx) => this.closings.newest(tx, tenantId));
    if (!closing) throw Refusal.notFound('closing');
    return closingResponse(closing);
  }

  /** Undoes a closing within its grace: the tenant stands as it stood, and what waited goes out. */
  @Post('closing/undo')
  @HttpCode(200)
  @Needs('tenants.close')
  @ApiOperation({ summary: 'Undo the closing of a tenant' })
  @ApiOkResponse({ type: ClosingResponse })
  async undo(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<ClosingResponse> {
    return closingResponse(await this.closeTenant.undo(tenantId, reason, staff));
  }

  /** Makes a link with which everything that a tenant has here is fetched, for whoever has the link, for an hour. */
  @Post('exports')
  @Header('cache-control', 'no-store')
  @Needs('privacy.act')
  @ApiOperation({ summary: 'Export everything of a tenant' })
  @ApiCreatedResponse({ type: ExportLinkResponse })
  export(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<ExportLinkResponse> {
    return this.closeTenant.export(tenantId, reason, staff);
  }
}
