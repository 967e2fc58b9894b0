import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res, StreamableFile } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { Ledger, Periods } from '#libs/ledger';
import { messageIdOf } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { UsageFacts } from '#libs/usage';
import { type AdjustmentResponse, bookedOrWaiting, WAITS } from '../adjustments/adjustment.response.js';
import { MakeAdjustments } from '../adjustments/make-adjustments.js';
import { ChargeResponse } from '../charges/charge.response.js';
import { daysOfMonth } from '../local-days.js';
import { PRICED_CATEGORIES } from '../plans/terms.js';
import { ExistingTenant } from '../staff/existing-tenant.js';
import { StaffAudit } from '../staff/staff-audit.js';
import { journalCsv } from './journal-csv.js';

class CorrectionRequest extends ReasonRequest {
  @ApiProperty({ example: '0.0085', description: 'What one message should have cost' })
  @Matches(/^\d{1,9}(\.\d{1,12})?$/, { message: 'unit_price must be a decimal string' })
  unit_price: string;
  @ApiPropertyOptional({ enum: PRICED_CATEGORIES }) @IsOptional() @IsIn(PRICED_CATEGORIES) category?: string;
}
class RateAgainRequest extends ReasonRequest {
  @ApiPropertyOptional({ example: 'no_rate', description: 'Only messages that wait for this' })
  @IsOptional()
  @IsString()
  @MaxLength(60)
  parked_for?: string;
}

class PeriodResponse {
  @ApiProperty({ example: '2026-10' }) month: string;
  @ApiProperty() closed_by: string;
  @ApiProperty() closed_at: string;
}
class PeriodsResponse {
  @ApiProperty({ type: [PeriodResponse] }) data: PeriodResponse[];
}
class ClosedResponse {
  @ApiProperty({ nullable: true, type: String, example: '2026-10' }) closed_through: string | null;
}
class ReleasedResponse {
  @ApiProperty({ description: 'How many messages are rated again' }) released: number;
}

@ApiTags('staff: books')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:tenantId')
export class StaffLedgerController {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly facts: UsageFacts,
    private readonly adjustments: MakeAdjustments,
    private readonly audit: StaffAudit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('periods')
  @Needs('billing.read')
  @ApiOperation({ summary: 'Months that are closed' })
  @ApiOkResponse({ type: PeriodsResponse })
  async closed(@Param('tenantId', ExistingTenant) tenantId: string): Promise<PeriodsResponse> {
    const list = await this.db.inTenant(tenantId, (tx) => this.periods.list(tx, tenantId));
    return {
      data: list.map((p) => ({ month: p.month, closed_by: p.closedBy, closed_at: p.closedAt.toISOString() })),
    };
  }

  /** Issuing the invoices of a month closes it, too; this is for tenants that get none. */
  @Post('periods/:month/close')
  @HttpCode(200)
  @Needs('books.close')
  @ApiOperation({ summary: 'Close a month' })
  @ApiOkResponse({ type: ClosedResponse })
  async close(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Param('month') month: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<ClosedResponse> {
    const days = daysOfMonth(month);
    // Noon of the day after is past midnight in every zone.
    if (!days || this.clock.now().getTime() < Date.parse(`${days.to}T12:00:00Z`) + 86_400_000) {
      throw Refusal.invalid('The month must be YYYY-MM, and be over in every time zone.');
    }
    return this.db.inTenant(tenantId, async (tx) => {
      await this.periods.close(tx, tenantId, month, staff.email);
      await this.audit.record(staff, { action: 'period.close', object: `month:${month}`, tenantId, reason }, tx);
      return { closed_through: (await this.periods.closedThrough(tx, tenantId)) ?? null };
    });
  }

  @Post('charges/:message/correction')
  @HttpCode(200)
  @Needs('books.close')
  @ApiOperation({ summary: 'Correct what a message was charged' })
  @ApiOkResponse({ type: ChargeResponse })
  @ApiAcceptedResponse(WAITS)
  async correct(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Param('message') ref: string,
    @Body() { unit_price: unitPrice, category, reason }: CorrectionRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChargeResponse | AdjustmentResponse> {
    const messageId = messageIdOf(ref) ?? (isId(ref) ? ref : undefined);
    if (!messageId) throw Refusal.notFound('charge');
    const request = { kind: 'correction' as const, messageId, unitPrice, category };
    return bookedOrWaiting(reply, await this.adjustments.ask(staff, tenantId, request, reason));
  }

  /** Messages that wait for a price are rated anew by the worker; those that still have none wait again. */
  @Post('unpriced-messages/rate-again')
  @HttpCode(200)
  @Needs('books.close')
  @ApiOperation({ summary: 'Rate waiting messages again' })
  @ApiOkResponse({ type: ReleasedResponse })
  async rateAgain(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { parked_for: parkedFor, reason }: RateAgainRequest,
  ): Promise<ReleasedResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const released = await this.facts.unpark(tx, tenantId, parkedFor);
      const after = { released, parked_for: parkedFor ?? null };
      await this.audit.record(
        staff,
        { action: 'usage.rate-again', object: `tenant:${tenantId}`, tenantId, after, reason },
        tx,
      );
      return { released };
    });
  }

  @Get('journal/:month')
  @ApiProduces('text/csv')
  @Needs('billing.read')
  @ApiOperation({ summary: 'The journal of a month, for accounting programs' })
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  journal(@Param('tenantId', ExistingTenant) tenantId: string, @Param('month') month: string): StreamableFile {
    const days = daysOfMonth(month);
    if (!days) throw Refusal.invalid('the month must be YYYY-MM');
    return new StreamableFile(journalCsv(this.db, this.ledger, tenantId, days), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="journal-${month}.csv"`,
    });
  }
}
