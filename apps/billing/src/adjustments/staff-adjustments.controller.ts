import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, type Page, PageRequest, pageOf, UuidPipe } from '#libs/http';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { ExistingTenant } from '../staff/existing-tenant.js';
import {
  AdjustmentPageResponse,
  AdjustmentResponse,
  AdjustmentsResponse,
  showAdjustment,
} from './adjustment.response.js';
import { Adjustments } from './adjustments.js';
import { MakeAdjustments } from './make-adjustments.js';

/** Transfers, corrections, credit notes and true-ups above the limit, which two members of staff answer for. */
@ApiTags('staff: adjustments')
@ApiBearerAuth()
@Controller('admin/v1')
export class StaffAdjustmentsController {
  constructor(
    private readonly adjustments: Adjustments,
    private readonly make: MakeAdjustments,
  ) {}

  @Get('adjustments')
  @Needs('billing.read')
  @ApiOperation({ summary: 'What waits for a second member of staff, of all tenants, the oldest first' })
  @ApiOkResponse({ type: AdjustmentsResponse })
  async open(): Promise<AdjustmentsResponse> {
    return { data: (await this.adjustments.open()).map(showAdjustment) };
  }

  @Get('tenants/:tenantId/adjustments')
  @Needs('billing.read')
  @ApiOperation({ summary: 'What was asked for above the limit, and who decided, newest first' })
  @ApiOkResponse({ type: AdjustmentPageResponse })
  async list(
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Query() { cursor }: PageRequest,
  ): Promise<Page<AdjustmentResponse>> {
    const rows = await this.adjustments.list(tenantId, { before: cursor, limit: PAGE_SIZE + 1 });
    return pageOf(rows, (row) => row.adjustmentId, showAdjustment);
  }

  @Post('tenants/:tenantId/adjustments/:id/approve')
  @HttpCode(200)
  @Needs('adjustments.approve')
  @ApiOperation({ summary: 'Book what somebody else asked for' })
  @ApiOkResponse({ type: AdjustmentResponse })
  async approve(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<AdjustmentResponse> {
    return showAdjustment(await this.make.approve(staff, tenantId, id, reason));
  }

  @Post('tenants/:tenantId/adjustments/:id/reject')
  @HttpCode(200)
  @Needs('adjustments.approve')
  @ApiOperation({ summary: 'Reject what somebody asked for, or take back what you did' })
  @ApiOkResponse({ type: AdjustmentResponse })
  async reject(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<AdjustmentResponse> {
    return showAdjustment(await this.make.reject(staff, tenantId, id, reason));
  }
}
