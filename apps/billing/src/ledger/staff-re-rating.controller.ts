import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsUUID, Matches } from 'class-validator';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { mustBeRange } from '../local-days.js';
import { ExistingTenant } from '../staff/existing-tenant.js';
import { StaffAudit } from '../staff/staff-audit.js';
import { AT_MOST, ReRateCharges, type ReRating } from './re-rate-charges.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

class ReRatingRequest extends ReasonRequest {
  @ApiProperty({ example: '2026-11-01', description: "First day, in the WABA's time zone" })
  @Matches(DAY, { message: 'from must be YYYY-MM-DD' })
  from: string;
  @ApiProperty({ example: '2026-11-30', description: 'Last day, included' })
  @Matches(DAY, { message: 'to must be YYYY-MM-DD' })
  to: string;
  @ApiPropertyOptional({ default: true, description: 'Only say what differs; this is what happens unless it is false' })
  @IsOptional()
  @IsBoolean()
  dry_run?: boolean;
  @ApiPropertyOptional({ description: '`next` of the call before' })
  @IsOptional()
  @IsUUID()
  cursor?: string;
}

class MovedResponse {
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '0.0850', description: 'Of one message, as it was charged' }) from: string;
  @ApiProperty({ example: '0.0085' }) to: string;
  @ApiProperty({ example: '-0.7650', description: 'Of all of them' }) difference: string;
}
class ReRatedResponse {
  @ApiProperty({ example: 'Mexico', nullable: true, type: String }) market: string | null;
  @ApiProperty({ example: 'utility' }) category: string;
  @ApiProperty() messages: number;
  @ApiProperty({ type: MovedResponse, description: "Meta's cost" }) cost: MovedResponse;
  @ApiProperty({ type: MovedResponse, description: "The tenant's price" }) price: MovedResponse;
}
class ReRatingResponse {
  @ApiProperty() dry_run: boolean;
  @ApiProperty({ description: 'Messages that were looked at' }) looked: number;
  @ApiProperty({ type: [ReRatedResponse] }) differences: readonly ReRatedResponse[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Messages left as they are, by reason: corrected_by_hand, no_rate, no_exchange_rate, unknown_plan',
  })
  left: ReRating['left'];
  @ApiProperty({ nullable: true, type: String, description: 'Come again with it; null when the period is done' })
  next: string | null;
}

@ApiTags('staff: books')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:tenantId/charges/re-rating')
export class StaffReRatingController {
  constructor(
    private readonly reRate: ReRateCharges,
    private readonly audit: StaffAudit,
  ) {}

  /**
   * After a price of a card was put right: what the messages of a period cost by it, beside what they were charged. Without
   * `dry_run` the difference is booked by reversing entries, in the month that is open, and moves wallet and next invoice.
   */
  @Post()
  @HttpCode(200)
  @Needs('books.close')
  @ApiOperation({
    summary: 'Rate the charges of a period again',
    description: `At most ${AT_MOST} messages in a call.`,
  })
  @ApiOkResponse({ type: ReRatingResponse })
  async run(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { from, to, dry_run, cursor, reason }: ReRatingRequest,
  ): Promise<ReRatingResponse> {
    mustBeRange({ from, to });
    // null passes for left out: only who says false means it.
    const dryRun = dry_run !== false;
    const period = { from, to, after: cursor };
    const object = `charges:${from}/${to}`;
    const result = await this.reRate.run(tenantId, period, { dryRun, memo: reason }, (tx, differences) =>
      this.audit.record(staff, { action: 'charges.rate-again', object, tenantId, after: { differences }, reason }, tx),
    );
    return { dry_run: dryRun, ...result };
  }
}
