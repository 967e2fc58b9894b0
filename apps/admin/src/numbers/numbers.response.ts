import { ApiProperty } from '@nestjs/swagger';
import { CHANGE_TOPICS, type ChangeTopic } from './changes-of-tenant.js';

class ChangeResponse {
  @ApiProperty() id: string;
  @ApiProperty() at: Date;
  @ApiProperty({ enum: CHANGE_TOPICS }) topic: ChangeTopic;
  @ApiProperty({ description: 'Our id of the portfolio, the number or account, or the template' }) object_id: string;
  @ApiProperty({ type: String, nullable: true, description: 'Which template' }) name: string | null;
  @ApiProperty({ example: 'limit', description: 'What of it changed' }) what: string;
  @ApiProperty({ type: String, nullable: true }) before: string | null;
  @ApiProperty({ type: String, nullable: true }) after: string | null;
  @ApiProperty({ example: 'meta-webhook', description: 'Who made or told it' }) cause: string;
  @ApiProperty({ type: String, nullable: true, description: 'As Meta gave it' }) reason: string | null;
}

export class ChangePageResponse {
  @ApiProperty({ type: [ChangeResponse] }) data: ChangeResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page' }) next: string | null;
}

export class AskedAgainResponse {
  @ApiProperty({ description: 'From when on it is looked at' }) due_at: Date;
}

class HoldResponse {
  @ApiProperty() customers: number;
  @ApiProperty() until: Date;
}

export class HeldLimitResponse {
  @ApiProperty({ format: 'uuid' }) portfolio_id: string;
  @ApiProperty({ example: 'TIER_2K', description: "Meta's word" }) messaging_limit: string;
  @ApiProperty({ type: HoldResponse, nullable: true }) hold: HoldResponse | null;
}

export class HeldTemplateResponse {
  @ApiProperty({ format: 'uuid' }) template_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ example: 'es_MX' }) language: string;
  @ApiProperty({ example: 'approved', description: "Meta's word" }) status: string;
  @ApiProperty({ nullable: true, description: 'Until when it is held back' }) held_until: Date | null;
}
