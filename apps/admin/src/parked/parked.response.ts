import { ApiProperty } from '@nestjs/swagger';
import { PARKED_KINDS, type ParkedKind } from './parked-kinds.js';

class CauseCountResponse {
  @ApiProperty({ enum: PARKED_KINDS }) kind: ParkedKind;
  @ApiProperty({ example: 'outcome_unknown' }) cause: string;
  @ApiProperty() count: number;
  @ApiProperty({ description: 'How many tenants it concerns' }) tenants: number;
  @ApiProperty() oldest_at: Date;
  @ApiProperty() newest_at: Date;
}

export class CausesResponse {
  @ApiProperty({ type: [CauseCountResponse] }) data: CauseCountResponse[];
}

class ParkedSampleResponse {
  @ApiProperty({ description: 'Only zeros: nobody’s that is known' }) tenant_id: string;
  @ApiProperty({ description: 'Of the message or the event' }) id: string;
  @ApiProperty({ description: 'The endpoint, where one event is parked for several; else zeros' }) sub: string;
  @ApiProperty() cause: string;
  @ApiProperty() at: Date;
}

class ParkedItemResponse extends ParkedSampleResponse {
  @ApiProperty({ type: Object, description: 'Without what anybody wrote' }) about: object;
}

export class ParkedPageResponse {
  @ApiProperty({ type: [ParkedItemResponse] }) data: ParkedItemResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page' }) next: string | null;
}

class TenantCountResponse {
  @ApiProperty() tenant_id: string;
  @ApiProperty() count: number;
}

export class ParkedHandledResponse {
  @ApiProperty() dry_run: boolean;
  @ApiProperty({ description: 'All that are chosen' }) count: number;
  @ApiProperty({ description: 'How many one call moves: the oldest, up to 1,000' }) moves: number;
  @ApiProperty({ type: [TenantCountResponse] }) by_tenant: TenantCountResponse[];
  @ApiProperty({ type: [ParkedSampleResponse], description: 'The oldest ten' }) sample: ParkedSampleResponse[];
}
