import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { Needs } from '#libs/staff';
import { ReportRequest, scopeOf } from './analytics.request.js';
import { FailuresResponse, SpendResponse, TrafficResponse } from './analytics.response.js';
import { MOST_GROUPS, type ReportScope } from './report-scope.js';
import { spendReport } from './spend-report.js';
import { failureReport, trafficReport } from './traffic-report.js';

/** Figures from rollups, which are seconds old; no message is looked at. */
@ApiTags('analytics')
@ApiBearerAuth()
@Controller('admin/v1/analytics')
export class AnalyticsController {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How far the messages that were accepted on some days have come: accepted, sent, delivered, read, failed. */
  @Get('traffic')
  @Needs('analytics.read')
  @ApiOperation({ summary: 'Traffic and delivery funnel' })
  @ApiOkResponse({ type: TrafficResponse })
  traffic(@Query() request: ReportRequest): Promise<TrafficResponse> {
    return this.report(request, trafficReport);
  }

  /** Why messages failed, most frequent first. */
  @Get('failures')
  @Needs('analytics.read')
  @ApiOperation({ summary: 'Failures by cause' })
  @ApiOkResponse({ type: FailuresResponse })
  failures(@Query() request: ReportRequest): Promise<FailuresResponse> {
    return this.report(request, failureReport);
  }

  /** What messages cost the provider, what tenants are asked for them, and what is left; by currency. */
  @Get('spend')
  @Needs('analytics.margin')
  @ApiOperation({ summary: 'Spend and margin' })
  @ApiOkResponse({ type: SpendResponse })
  spend(@Query() request: ReportRequest): Promise<SpendResponse> {
    return this.report(request, spendReport);
  }

  private async report<Row>(
    request: ReportRequest,
    read: (tx: Tx, scope: ReportScope) => Promise<Row[] | 'too many'>,
  ): Promise<{ from: string; to: string; data: Row[] }> {
    const now = this.clock.now();
    const scope = scopeOf(request, now);
    const data = await this.db.asStaff((tx) => read(tx, scope));
    if (data === 'too many') {
      throw Refusal.invalid(`by: this is more than ${MOST_GROUPS} rows. Ask for fewer days, or tell less apart.`);
    }
    return { from: scope.from, to: request.to ?? now.toISOString().slice(0, 10), data };
  }
}
