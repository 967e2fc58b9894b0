import { ApiProperty } from '@nestjs/swagger';
import { MessagingLimitResponse } from '../headroom/headroom.response.js';

/** How far the limit is from being raised. Only Meta raises it, and looks at the quality of messages as well. */
export class ProgressResponse {
  @ApiProperty({ description: 'What Meta may raise it to', example: 'TIER_10K' }) next: string;
  @ApiProperty({ description: 'Customers to be reached outside service windows', example: 1000 }) needed: number;
  @ApiProperty({ description: 'In so many days', example: 7 }) days: number;
  @ApiProperty({ description: 'Customers reached in these days', example: 688 }) reached: number;
  @ApiProperty({ description: 'How many more', example: 312 }) missing: number;
  @ApiProperty({ nullable: true, type: String, description: 'Until then the missing do; later it takes more' })
  by: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'The earliest raise, once nothing is missing' })
  earliest: string | null;
  @ApiProperty({ description: 'Verifying the business with Meta does as well as these customers' })
  or_verify: boolean;
  @ApiProperty({ type: [String], enum: ['quality_low', 'not_connected'], description: 'What keeps Meta from it' })
  obstacles: string[];
  @ApiProperty({ example: 'Reaches TIER_10K after 312 more customers by 2026-11-24T12:00:00.000Z.' }) summary: string;
}

/** A change of the limit, or what Meta said of raising it. */
export class LimitChangeResponse {
  @ApiProperty() at: string;
  @ApiProperty({ nullable: true, type: String, example: 'TIER_250' }) was: string | null;
  @ApiProperty({
    nullable: true,
    type: String,
    example: 'TIER_2K',
    description: 'null: it stayed, Meta spoke of a raise only',
  })
  became: string | null;
  @ApiProperty({
    description: "Meta's webhook field with its event; `read`: we asked Meta",
    example: 'business_capability_update',
  })
  cause: string;
}

/** What a flagged number loses if its quality stays low; only numbers with a limit of their own. */
export class DowngradeResponse {
  @ApiProperty({ example: 'TIER_1K' }) becomes: string;
  @ApiProperty({ description: 'Seven days after it was flagged' }) at: string;
}

export class LimitStoryResponse extends MessagingLimitResponse {
  @ApiProperty({ type: ProgressResponse, nullable: true, description: 'null: there is no limit above' })
  progress: ProgressResponse | null;
  @ApiProperty({ type: DowngradeResponse, nullable: true, description: 'null: nothing threatens' })
  downgrade: DowngradeResponse | null;
  @ApiProperty({ type: [LimitChangeResponse], description: 'Newest first, 50 at most' }) history: LimitChangeResponse[];
}

/** How many can be sent to now, by the rule that lets them. */
export class PlannedNowResponse {
  @ApiProperty() total: number;
  @ApiProperty({ description: 'They wrote in the last 24 hours: replies never count' }) inside_window: number;
  @ApiProperty({ description: 'Sent to in the last 24 hours: they count already' }) counted_already: number;
  @ApiProperty({ description: 'They take free places' }) place_free: number;
}

export class PlannedHourResponse {
  @ApiProperty({ description: 'When the first of them fits' }) from: string;
  @ApiProperty({ description: 'When the last of them fits' }) until: string;
  @ApiProperty() customers: number;
}

export class PlannedCustomerResponse {
  @ApiProperty() customer: string;
  @ApiProperty({ enum: ['inside_window', 'counted_already', 'place_free', 'tier_exhausted'] }) rule: string;
  @ApiProperty({ nullable: true, type: String, description: 'From when on; null: never under this limit' })
  at: string | null;
}

export class PlanResponse {
  @ApiProperty({ description: 'Different customers' }) audience: number;
  @ApiProperty({ type: PlannedNowResponse }) now: PlannedNowResponse;
  @ApiProperty({ description: 'Held by the messaging limit' }) held: number;
  @ApiProperty({ type: [PlannedHourResponse], description: 'When those who are held can be sent to' })
  later: PlannedHourResponse[];
  @ApiProperty({ type: [PlannedCustomerResponse] }) customers: PlannedCustomerResponse[];
}
