import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { PAGE_SIZE, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { makerOf } from '../maker-of.js';
import type { Campaign } from './campaign.js';
import { CampaignRequest, CampaignsRequest } from './campaign.request.js';
import { CampaignResponse, CampaignsPageResponse } from './campaign.response.js';
import { CampaignCounts } from './campaign-counts.js';
import { Campaigns } from './campaigns.js';
import { DraftCampaign } from './draft-campaign.js';
import { PreviewResponse } from './preview.response.js';
import { PreviewCampaign } from './preview-campaign.js';
import { ReportResponse } from './report.response.js';
import { ReportCampaign } from './report-campaign.js';
import { SteerCampaign } from './steer-campaign.js';

@ApiTags('campaigns')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/campaigns')
export class CampaignsController {
  constructor(
    private readonly db: Database,
    private readonly campaigns: Campaigns,
    private readonly counts: CampaignCounts,
    private readonly draft: DraftCampaign,
    private readonly steer: SteerCampaign,
    private readonly previews: PreviewCampaign,
    private readonly reports: ReportCampaign,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Drafts a campaign; nothing is sent before it is launched. */
  @Post()
  @ApiOperation({ summary: 'Draft a campaign' })
  @ApiCreatedResponse({ type: CampaignResponse })
  create(@TenantCaller() caller: Caller, @Body() request: CampaignRequest): Promise<CampaignResponse> {
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      const given = await this.draft.read(tx, tenantId, request, this.today());
      return CampaignResponse.of(await this.campaigns.create(tx, tenantId, { ...given, madeBy: makerOf(caller) }), []);
    });
  }

  /** Your campaigns with their progress, newest first. */
  @Get()
  @ApiOperation({ summary: 'List campaigns' })
  @ApiOkResponse({ type: CampaignsPageResponse })
  list(@TenantCaller() { tenantId }: Caller, @Query() request: CampaignsRequest): Promise<CampaignsPageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const { state, cursor: before } = request;
      const rows = await this.campaigns.list(tx, tenantId, { state, before, limit: PAGE_SIZE + 1 });
      const counts = await this.counts.of(
        tx,
        tenantId,
        rows.map((r) => r.campaignId),
      );
      return pageOf(
        rows,
        (row) => row.campaignId,
        (row) =>
          CampaignResponse.of(
            row,
            counts.filter((c) => c.campaignId === row.campaignId),
          ),
      );
    });
  }

  /** One campaign, with its progress as it is now. */
  @Get(':id')
  @ApiOperation({ summary: 'See a campaign' })
  @ApiOkResponse({ type: CampaignResponse })
  one(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<CampaignResponse> {
    return this.db.inTenant(tenantId, async (tx) => this.shown(tx, await this.found(tx, tenantId, id)));
  }

  /** Changes a draft. */
  @Put(':id')
  @ApiOperation({ summary: 'Change a draft' })
  @ApiOkResponse({ type: CampaignResponse })
  change(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: CampaignRequest,
  ): Promise<CampaignResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const campaign = await this.campaigns.find(tx, tenantId, id, 'update');
      if (!campaign) throw Refusal.notFound('campaign');
      if (campaign.state !== 'draft')
        throw Refusal.conflict(`This campaign is ${campaign.state}; only a draft can be changed.`);
      await this.campaigns.redraft(tx, campaign, await this.draft.read(tx, tenantId, request, this.today()));
      return this.shown(tx, await this.found(tx, tenantId, id));
    });
  }

  /** Who would get it now, at what price, and what stands in the way. */
  @Post(':id/preview')
  @HttpCode(200)
  @ApiOperation({ summary: 'Preview audience, price, balance and messaging limit' })
  @ApiOkResponse({ type: PreviewResponse })
  async preview(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<PreviewResponse> {
    return this.previews.of(await this.db.inTenant(tenantId, (tx) => this.found(tx, tenantId, id)));
  }

  /**
   * Freezes the audience and begins to send, at once or when it is scheduled. Refused when that has passed for everybody, or when Meta
   * moved a template to another category since it was drafted.
   */
  @Post(':id/launch')
  @HttpCode(200)
  @ApiOperation({ summary: 'Launch a campaign' })
  @ApiOkResponse({ type: CampaignResponse })
  async launch(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<CampaignResponse> {
    return this.answer(await this.steer.launch(tenantId, id));
  }

  /** Stops handing over; what Meta was given, and a few seconds of what waits, still goes out. */
  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause a campaign' })
  @ApiOkResponse({ type: CampaignResponse })
  async pause(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<CampaignResponse> {
    return this.answer(await this.steer.pause(tenantId, id));
  }

  /** Goes on where it paused, and accepts what paused it. */
  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Resume a campaign' })
  @ApiOkResponse({ type: CampaignResponse })
  async resume(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<CampaignResponse> {
    return this.answer(await this.steer.resume(tenantId, id));
  }

  /** Ends a campaign for good: who was not sent to gets nothing, and what Meta has not got yet is taken back. */
  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel a campaign' })
  @ApiOkResponse({ type: CampaignResponse })
  async cancel(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<CampaignResponse> {
    return this.answer(await this.steer.cancel(tenantId, id));
  }

  /** What it did: steps by variant, failures and refusals by cause, cost. */
  @Get(':id/report')
  @ApiOperation({ summary: 'Report of a campaign' })
  @ApiOkResponse({ type: ReportResponse })
  async report(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<ReportResponse> {
    return this.reports.of(await this.db.inTenant(tenantId, (tx) => this.found(tx, tenantId, id)));
  }

  private today(): string {
    return this.clock.now().toISOString().slice(0, 10);
  }

  private async found(tx: Tx, tenantId: string, id: string): Promise<Campaign> {
    const campaign = await this.campaigns.find(tx, tenantId, id);
    if (!campaign) throw Refusal.notFound('campaign');
    return campaign;
  }

  private answer(campaign: Campaign): Promise<CampaignResponse> {
    return this.db.inTenant(campaign.tenantId, (tx) => this.shown(tx, campaign));
  }

  private async shown(tx: Tx, campaign: Campaign): Promise<CampaignResponse> {
    return CampaignResponse.of(campaign, await this.counts.of(tx, campaign.tenantId, [campaign.campaignId]));
  }
}
