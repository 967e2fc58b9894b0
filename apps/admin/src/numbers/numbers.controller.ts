import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PAGE_SIZE, type Page, PageRequest, pageOf } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { AskMetaAgain } from './ask-meta-again.js';
import { CHANGE_TOPICS, type Change, type ChangeTopic, changesOfTenant } from './changes-of-tenant.js';
import { AskedAgainResponse, ChangePageResponse } from './numbers.response.js';

class ChangesRequest extends PageRequest {
  @ApiPropertyOptional({ enum: CHANGE_TOPICS, description: 'Only these; all if absent' })
  @IsOptional()
  @IsIn(CHANGE_TOPICS)
  topic?: ChangeTopic;
}

@ApiTags('numbers')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id')
export class NumbersController {
  constructor(
    private readonly db: Database,
    private readonly again: AskMetaAgain,
  ) {}

  /** Every change of limits, accounts, numbers and templates with its cause, newest first. */
  @Get('changes')
  @Needs('tenants.read')
  @ApiOperation({ summary: "List what changed of a tenant's limits, numbers and templates" })
  @ApiOkResponse({ type: ChangePageResponse })
  async changes(
    @Param('id', ParseUUIDPipe) tenantId: string,
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
    @Param('id', ParseUUIDPipe) tenantId: string,
    @Param('wabaId', ParseUUIDPipe) wabaId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<{ due_at: Date }> {
    return this.again.run({ tenantId: tenantId.toLowerCase(), wabaId, reason, staff });
  }
}
