import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length, Matches, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { type AdjustmentResponse, bookedOrWaiting, WAITS } from '../adjustments/adjustment.response.js';
import { MakeAdjustments } from '../adjustments/make-adjustments.js';
import { mustBeRange } from '../local-days.js';
import { ExistingTenant } from '../staff/existing-tenant.js';
import { StaffAudit } from '../staff/staff-audit.js';
import { Reconcile, type WabaReport } from './reconcile.js';
import {
  ImportedInvoiceResponse,
  RowsResponse,
  TrueUpResponse,
  WabaReportsResponse,
} from './reconciliation.response.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Meta's analytics go back one year (since 2025-12-01). */
const LOOK_BACK_DAYS = 366;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

class DaysQuery {
  @ApiProperty({ example: '2026-11-01' }) @Matches(DAY, { message: 'from must be YYYY-MM-DD' }) from: string;
  @ApiProperty({ example: '2026-11-30' }) @Matches(DAY, { message: 'to must be YYYY-MM-DD' }) to: string;
}
class PullRequest extends ReasonRequest {
  @ApiProperty({ example: '2026-11-01' }) @Matches(DAY, { message: 'from must be YYYY-MM-DD' }) from: string;
  @ApiProperty({ example: '2026-11-30' }) @Matches(DAY, { message: 'to must be YYYY-MM-DD' }) to: string;
}
class MetaInvoiceRequest extends ReasonRequest {
  @ApiProperty({ description: "Meta's id of the WABA" }) @IsString() @MaxLength(60) waba_id: string;
  @ApiProperty({ example: '2026-11' }) @Matches(MONTH, { message: 'month must be YYYY-MM' }) month: string;
  @ApiProperty({ description: 'CSV with the columns market, category, volume, cost' })
  @IsString()
  @Length(10, 500_000)
  csv: string;
}
class TrueUpRequest extends ReasonRequest {
  @ApiProperty() @IsString() @MaxLength(60) waba_id: string;
  @ApiProperty({ example: '2026-11' }) @Matches(MONTH, { message: 'month must be YYYY-MM' }) month: string;
  @ApiProperty({ example: '-0.42', description: 'Negative where Meta asked for less than we reckoned' })
  @Matches(/^-?\d{1,12}(\.\d{1,6})?$/, { message: 'amount must be a decimal string' })
  amount: string;
}

@ApiTags('staff: reconciliation')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:tenantId/reconciliation')
export class StaffReconciliationController {
  constructor(
    private readonly reconcile: Reconcile,
    private readonly adjustments: MakeAdjustments,
    private readonly audit: StaffAudit,
  ) {}

  @Post('pull')
  @HttpCode(200)
  @Needs('reconciliation.run')
  @ApiOperation({ summary: "Pull Meta's analytics" })
  @ApiOkResponse({ type: RowsResponse })
  async pull(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { from, to, reason }: PullRequest,
  ): Promise<{ rows: number }> {
    mustBeRange({ from, to }, LOOK_BACK_DAYS);
    const object = `tenant:${tenantId}`;
    const rows = await this.reconcile.pull(tenantId, { from, to }, (tx, told) => {
      const after = { from, to, rows: told };
      return this.audit.record(staff, { action: 'reconciliation.pull', object, tenantId, after, reason }, tx);
    });
    return { rows };
  }

  /** Cells that differ, each with its probable cause. */
  @Get()
  @Needs('billing.read')
  @ApiOperation({ summary: "Our volumes beside Meta's analytics" })
  @ApiOkResponse({ type: WabaReportsResponse })
  async byDay(
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Query() { from, to }: DaysQuery,
  ): Promise<{ data: WabaReport[] }> {
    mustBeRange({ from, to });
    return { data: await this.reconcile.byDay(tenantId, { from, to }) };
  }

  @Post('meta-invoices')
  @HttpCode(200)
  @Needs('reconciliation.run')
  @ApiOperation({ summary: "Import Meta's invoice of a month" })
  @ApiOkResponse({ type: ImportedInvoiceResponse })
  async importInvoice(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { waba_id: wabaId, month, csv, reason }: MetaInvoiceRequest,
  ): Promise<{ rows: number; data: WabaReport[] }> {
    const object = `month:${month}`;
    const given = { metaWabaId: wabaId, month, csv };
    const { rows } = await this.reconcile.importInvoice(tenantId, given, (tx, kept) => {
      const after = { wabaId, rows: kept };
      return this.audit.record(staff, { action: 'reconciliation.invoice', object, tenantId, after, reason }, tx);
    });
    return { rows, data: await this.reconcile.byInvoice(tenantId, month) };
  }

  @Get('meta-invoices/:month')
  @Needs('billing.read')
  @ApiOperation({ summary: "Our costs beside Meta's invoice" })
  @ApiOkResponse({ type: WabaReportsResponse })
  async byInvoice(
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Param('month') month: string,
  ): Promise<{ data: WabaReport[] }> {
    return { data: await this.reconcile.byInvoice(tenantId, month) };
  }

  /** The same amount is booked once for the same reason, unless another one came between: 409 then. */
  @Post('true-ups')
  @HttpCode(200)
  @Needs('books.close')
  @ApiOperation({ summary: "True up the books to Meta's invoice" })
  @ApiOkResponse({ type: TrueUpResponse })
  @ApiAcceptedResponse(WAITS)
  async trueUp(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { waba_id: metaWabaId, month, amount, reason }: TrueUpRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TrueUpResponse | AdjustmentResponse> {
    const request = { kind: 'true_up' as const, metaWabaId, month, amount };
    return bookedOrWaiting(reply, await this.adjustments.ask(staff, tenantId, request, reason));
  }
}
