import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Campaign } from './campaign.js';
import { type Count, type Counted, sumOf } from './campaign-counts.js';
import { CAMPAIGN_STATES, type CampaignState } from './campaign-state.js';

/** How far a campaign is: each recipient that was sent to is in every step that it passed. */
export class ProgressResponse {
  @ApiProperty({ description: 'Recipients, frozen at launch' }) audience: number;
  @ApiProperty({ description: 'Not handed over yet' }) waiting: number;
  @ApiProperty({ description: 'Taken by the gateway' }) accepted: number;
  @ApiProperty({ description: 'Not taken: opted out, parameters missing; see the report' }) refused: number;
  @ApiProperty() sent: number;
  @ApiProperty() delivered: number;
  @ApiProperty() read: number;
  @ApiProperty() failed: number;
  @ApiProperty() replied: number;
  @ApiProperty({ description: 'Pressed a button of the message, or followed a counted link' }) clicked: number;

  static of(counts: readonly Count[]): ProgressResponse {
    const n = (what: Counted) => sumOf(counts, what);
    const [audience, accepted, refused] = [n('audience'), n('accepted'), n('refused')];
    return {
      audience,
      waiting: audience - accepted - refused,
      accepted,
      refused,
      sent: n('sent'),
      delivered: n('delivered'),
      read: n('read'),
      failed: n('failed'),
      replied: n('replied'),
      clicked: n('clicked'),
    };
  }
}

export class VariantResponse {
  @ApiProperty() name: string;
  @ApiProperty() template: string;
  @ApiProperty() language: string;
  @ApiProperty() category: string;
  @ApiProperty({ type: [Object] }) components: unknown[];
  @ApiProperty() weight: number;
}

/** A campaign. */
export class CampaignResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: CAMPAIGN_STATES }) state: CampaignState;
  @ApiPropertyOptional({ description: 'Why it is paused, or was given back as a draft', example: 'balance' })
  cause?: string;
  @ApiPropertyOptional({ description: 'The same for a person' }) detail?: string;
  @ApiProperty({ enum: ['list', 'contacts', 'segment'] }) audience: string;
  @ApiPropertyOptional() segment_id?: string;
  @ApiProperty({ type: [VariantResponse] }) variants: VariantResponse[];
  @ApiPropertyOptional({ description: '`at` or `local`; absent: at once' }) schedule?: object;
  @ApiPropertyOptional() quiet_hours?: object;
  @ApiPropertyOptional() throttle_per_minute?: number;
  @ApiProperty() stop_when_failing: object;
  @ApiProperty({ description: 'Whether links in it are counted' }) track_clicks: boolean;
  @ApiProperty() retries: number;
  @ApiProperty({ type: ProgressResponse }) progress: ProgressResponse;
  @ApiProperty({ nullable: true, type: String, description: '`user:id` or `key:id`' }) made_by: string | null;
  @ApiProperty() created_at: string;
  @ApiProperty({ nullable: true, type: String }) launched_at: string | null;
  @ApiProperty({ nullable: true, type: String }) finished_at: string | null;

  static of({ plan, ...campaign }: Campaign, counts: readonly Count[]): CampaignResponse {
    return {
      id: campaign.campaignId,
      name: campaign.name,
      state: campaign.state,
      ...(campaign.cause === null ? {} : { cause: campaign.cause }),
      ...(campaign.detail === null ? {} : { detail: campaign.detail }),
      audience: campaign.audience.kind,
      ...(campaign.audience.kind === 'segment' ? { segment_id: campaign.audience.segmentId } : {}),
      variants: plan.variants.map(({ templateId: _, ...variant }) => variant),
      ...(Object.keys(plan.schedule).length > 0 ? { schedule: plan.schedule } : {}),
      ...(plan.quietHours ? { quiet_hours: plan.quietHours } : {}),
      ...(plan.perMinute ? { throttle_per_minute: plan.perMinute } : {}),
      stop_when_failing: { percent: plan.stopWhenFailing.percent, at_least: plan.stopWhenFailing.atLeast },
      track_clicks: plan.trackClicks ?? false,
      retries: plan.retries,
      progress: ProgressResponse.of(counts),
      made_by: campaign.madeBy,
      created_at: campaign.createdAt.toISOString(),
      launched_at: campaign.launchedAt?.toISOString() ?? null,
      finished_at: campaign.finishedAt?.toISOString() ?? null,
    };
  }
}

export class CampaignsPageResponse {
  @ApiProperty({ type: [CampaignResponse], description: 'Newest first' }) data: CampaignResponse[];
  @ApiProperty({ nullable: true, type: String, description: 'Give it back as `cursor`; null on the last page' })
  next: string | null;
}

export class ListedResponse {
  @ApiProperty({ description: 'Recipients of this call that were not listed before' }) added: number;
  @ApiProperty({ description: 'Named in this call more than once, or in two ways of writing one number' })
  repeated: number;
}
