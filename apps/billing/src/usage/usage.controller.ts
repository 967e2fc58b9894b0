import { Controller, Get, Inject, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Ledger, titleOf } from '#libs/ledger';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantOrApp } from '#libs/tenants';
import { mustBeDay, mustBeRange } from '../local-days.js';
import { StatementResponse, UsageResponse } from './usage.response.js';
import { type Dimension, USAGE_DIMENSIONS, type UsageRow, usageReport } from './usage-report.js';

const LONGEST_STATEMENT_DAYS = 366;

class DaysQuery {
  @ApiPropertyOptional({ example: '2026-11-01', description: 'First day; the first of this month if left out' })
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'from must be YYYY-MM-DD' })
  from?: string;
  @ApiPropertyOptional({ example: '2026-11-30', description: 'Last day, included; today if left out' })
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'to must be YYYY-MM-DD' })
  to?: string;
}
class UsageQuery extends DaysQuery {
  @ApiPropertyOptional({ example: 'day,market', description: `Any of ${USAGE_DIMENSIONS.join(', ')}` })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  by: string = 'day,category';
  @ApiPropertyOptional({
    description: 'Only messages with this `biz_opaque_callback_data`; of our campaigns `campaign:id`',
  })
  @IsOptional()
  @IsString()
  @MaxLength(512)
  campaign?: string;
}

@ApiTags('usage')
@ApiBearerAuth()
@UseGuards(TenantOrApp('billing'))
@Controller('api/v1')
export class UsageController {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Delivered messages and what they cost, summed up by day, market, category, number or campaign. */
  @Get('usage')
  @ApiOperation({ summary: 'Usage and spend' })
  @ApiOkResponse({ type: UsageResponse })
  async usage(@TenantCaller() { tenantId }: Caller, @Query() query: UsageQuery): Promise<{ data: UsageRow[] }> {
    const by = query.by.split(',').map((name) => name.trim());
    const unknown = by.find((name) => !USAGE_DIMENSIONS.some((d) => d === name));
    if (unknown !== undefined) throw Refusal.invalid(`by: ${unknown} is none of ${USAGE_DIMENSIONS.join(', ')}.`);
    const days = this.daysOf(query);
    const dimensions = [...new Set(by)] as Dimension[];
    return {
      data: await this.db.inTenant(tenantId, (tx) => usageReport(tx, tenantId, days, dimensions, query.campaign)),
    };
  }

  /** What was owed and paid: balances before the first day, movements day by day; of a year at most. */
  @Get('statement')
  @ApiOperation({ summary: 'Statement of account' })
  @ApiOkResponse({ type: StatementResponse })
  async statement(@TenantCaller() { tenantId }: Caller, @Query() query: DaysQuery): Promise<StatementResponse> {
    const days = this.daysOf(query);
    mustBeRange(days, LONGEST_STATEMENT_DAYS);
    const { opening, movements } = await this.db.inTenant(tenantId, (tx) =>
      this.ledger.movements(tx, tenantId, ['receivable', 'wallet'], days),
    );
    return {
      ...days,
      opening: opening.map((b) => ({ ...b, title: titleOf(b.account) })),
      movements,
    };
  }

  private daysOf({ from, to }: DaysQuery): { from: string; to: string } {
    const today = this.clock.now().toISOString().slice(0, 10);
    if (from !== undefined) mustBeDay(from, 'from');
    if (to !== undefined) mustBeDay(to, 'to');
    return { from: from ?? `${today.slice(0, 7)}-01`, to: to ?? today };
  }
}
