import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsInstant, MayBeAbsent, PAGE_SIZE, type Page, PageRequest, pageOf, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { AskMetaAgain } from './ask-meta-again.js';
import { CHANGE_TOPICS, type Change, type ChangeTopic, changesOfTenant } from './changes-of-tenant.js';
import { type HeldLimitView, HoldLimit } from './hold-limit.js';
import { AskedAgainResponse, ChangePageResponse, HeldLimitResponse } from './numbers.response.js';

class ChangesRequest extends PageRequest {
  @ApiPropertyOptional({ enum: CHANGE_TOPICS, description: 'Only these; all if absent' })
  @MayBeAbsent()
  @IsIn(CHANGE_TOPICS)
  topic?: ChangeTopic;
}

class HoldLimitRequest extends ReasonRequest {
  @ApiProperty({ minimum: 1, example: 100, description: 'Different customers in 24 hours; below what Meta allows' })
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  customers: number;
  @ApiProperty({ example: '2026-12-01T00:00:00Z', description: "When Meta's word counts again; a year ahead at most" })
  @IsInstant()
  until: string;
}

@ApiTags('numbers')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id')
export class NumbersController {
  constructor(
    private readonly db: Database,
    private readonly again: AskMetaAgain,
    private readonly holdLimit: HoldLimit,
  ) {}

  /** Every change of limits, accounts, numbers and templates with its cause, newest first. */
  @Get('changes')
  @Needs('tenants.read')
  @ApiOperation({ summary: "List what changed of a tenant's limits, numbers and templates" })
  @ApiOkResponse({ type: ChangePageResponse })
  async changes(
    @Param('id', UuidPipe) tenantId: string,
    @Query() { topic, cursor }: ChangesRequest,
  ): Promise<Page<Change>> {
    const topics = topic ? [topic] : CHANGE_TOPICS;
    const rows = await this.db.asStaff((tx) =>
      changesOfTenant(tx, tenantId, topics, { before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.id,
      (row) => row,
    );
  }

  /** Compares an account's templates, reviews and numbers with Meta, as is done by itself now and then. */
  @Post('wabas/:wabaId/resync')
  @HttpCode(202)
  @Needs('numbers.resync')
  @ApiOperation({ summary: 'Have an account compared with Meta now' })
  @ApiAcceptedResponse({ type: AskedAgainResponse })
  resync(
    @Param('id', UuidPipe) tenantId: string,
    @Param('wabaId', UuidPipe) wabaId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<{ due_at: Date }> {
    return this.again.run({ tenantId, wabaId, reason, staff });
  }

  /**
   * Holds a messaging limit below what Meta allows until a time, such as while a merchant cleans its lists. What goes beyond
   * waits for room; replies go out. It ends by itself.
   */
  @Put('portfolios/:portfolioId/hold')
  @Needs('numbers.hold')
  @ApiOperation({ summary: "Hold a messaging limit below Meta's" })
  @ApiOkResponse({ type: HeldLimitResponse })
  hold(
    @Param('id', UuidPipe) tenantId: string,
    @Param('portfolioId', UuidPipe) portfolioId: string,
    @Body() { customers, until, reason }: HoldLimitRequest,
    @Staff() staff: StaffCaller,
  ): Promise<HeldLimitView> {
    const hold = { customers, until: new Date(until) };
    return this.holdLimit.hold({ tenantId, portfolioId, hold, reason, staff });
  }

  /** Ends a hold before its time: what waits for room is looked at again. */
  @Post('portfolios/:portfolioId/hold/end')
  @HttpCode(200)
  @Needs('numbers.hold')
  @ApiOperation({ summary: 'No longer hold a messaging limit' })
  @ApiOkResponse({ type: HeldLimitResponse })
  endHold(
    @Param('id', UuidPipe) tenantId: string,
    @Param('portfolioId', UuidPipe) portfolioId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<HeldLimitView> {
    return this.holdLimit.end({ tenantId, portfolioId, reason, staff });
  }
}
