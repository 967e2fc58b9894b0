import { ApiProperty } from '@nestjs/swagger';

class RouteLagResponse {
  @ApiProperty({ description: 'Only zeros: nobody’s that is known yet' }) tenant_id: string;
  @ApiProperty({ example: 'phone_number:106540352242922' }) route: string;
  @ApiProperty({ description: 'Changes that are not applied' }) events: number;
  @ApiProperty({ description: 'Of those, tried and waiting for another time' }) later: number;
  @ApiProperty() oldest_at: Date;
  @ApiProperty() lag_seconds: number;
}

export class IntakeLagResponse {
  @ApiProperty() events: number;
  @ApiProperty() routes: number;
  @ApiProperty({ description: 'Age of the oldest change; 0 when nothing waits' }) lag_seconds: number;
  @ApiProperty({ type: [RouteLagResponse], description: 'The hundred that wait longest' }) data: RouteLagResponse[];
}

export class ReplayedPostsResponse {
  @ApiProperty() queued: number;
  @ApiProperty({ type: String, nullable: true, description: 'To go on after, if there may be more' }) next:
    | string
    | null;
}
