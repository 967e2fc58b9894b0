import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsBoolean, IsString, Length, Matches } from 'class-validator';
import { MayBeAbsent, UuidPipe } from '#libs/http';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { mustBeDay } from '../local-days.js';
import { StaffAudit } from '../staff/staff-audit.js';
import { RateProposalResponse, RateProposalsResponse } from './rate-proposal.response.js';
import { type RateProposal, RateProposals } from './rate-proposals.js';

class ProposeRequest extends ReasonRequest {
  @ApiProperty({ example: '2027-01-01', description: 'The first local day on which it holds' })
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'card_date must be YYYY-MM-DD' })
  card_date: string;
  @ApiProperty({ example: 'USD' })
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be an ISO 4217 code' })
  currency: string;
  @ApiProperty({ example: '2026-12-01', description: 'When Meta announced it' })
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'announced_on must be YYYY-MM-DD' })
  announced_on: string;
  @ApiProperty({ description: 'Where it was read' }) @IsString() @Length(3, 300) source: string;
  @ApiPropertyOptional({
    description: 'The rows put prices of a card right that is in the book; else: a whole new card',
  })
  @MayBeAbsent()
  @IsBoolean()
  corrects: boolean = false;
  @ApiProperty({ description: 'CSV with the columns market, category, price' })
  @IsString()
  @Length(10, 500_000)
  csv: string;
}

const show = (p: RateProposal): RateProposalResponse => ({
  id: p.proposalId,
  card_date: p.cardDate,
  currency: p.currency,
  announced_on: p.announcedOn,
  corrects: p.corrects,
  status: p.status,
  review: p.review,
  proposed_by: p.proposer,
  proposed_at: p.proposedAt.toISOString(),
  decided_by: p.decider,
  decided_at: p.decidedAt?.toISOString() ?? null,
});

@ApiTags('staff: rate cards')
@ApiBearerAuth()
@Controller('admin/v1/rate-cards')
export class StaffRateCardsController {
  constructor(
    private readonly proposals: RateProposals,
    private readonly audit: StaffAudit,
  ) {}

  @Get()
  @Needs('billing.read')
  @ApiOperation({ summary: 'Proposed rate cards, with what changes and what looks wrong' })
  @ApiOkResponse({ type: RateProposalsResponse })
  async list(): Promise<RateProposalsResponse> {
    return { data: (await this.proposals.list()).map(show) };
  }

  @Post()
  @Needs('rates.write')
  @ApiOperation({ summary: 'Propose a rate card' })
  @ApiCreatedResponse({ type: RateProposalResponse })
  async propose(@Staff() staff: StaffCaller, @Body() r: ProposeRequest): Promise<RateProposalResponse> {
    mustBeDay(r.card_date, 'card_date');
    mustBeDay(r.announced_on, 'announced_on');
    const card = { cardDate: r.card_date, currency: r.currency, source: r.source, csv: r.csv };
    const wish = { announcedOn: r.announced_on, corrects: r.corrects };
    const made = await this.proposals.propose(card, wish, staff, (tx, p) => {
      const { cardDate: card_date, currency, corrects, review } = p;
      const after = { card_date, currency, corrects, warnings: review.warnings };
      const object = `rate-card:${p.proposalId}`;
      return this.audit.record(staff, { action: 'rate-card.propose', object, after, reason: r.reason }, tx);
    });
    return show(made);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Needs('rates.write')
  @ApiOperation({ summary: "Approve somebody else's rate card" })
  @ApiOkResponse({ type: RateProposalResponse })
  approve(
    @Staff() staff: StaffCaller,
    @Param('id', UuidPipe) id: string,
    @Body() r: ReasonRequest,
  ): Promise<RateProposalResponse> {
    return this.decide(staff, id, 'approved', r.reason);
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Needs('rates.write')
  @ApiOperation({ summary: 'Reject a rate card' })
  @ApiOkResponse({ type: RateProposalResponse })
  reject(
    @Staff() staff: StaffCaller,
    @Param('id', UuidPipe) id: string,
    @Body() r: ReasonRequest,
  ): Promise<RateProposalResponse> {
    return this.decide(staff, id, 'rejected', r.reason);
  }

  private async decide(
    staff: StaffCaller,
    id: string,
    status: 'approved' | 'rejected',
    reason: string,
  ): Promise<RateProposalResponse> {
    const entry = { action: `rate-card.${status}`, object: `rate-card:${id}`, reason };
    return show(await this.proposals.decide(id, status, staff, (tx) => this.audit.record(staff, entry, tx)));
  }
}
