import { ApiProperty } from '@nestjs/swagger';

export class PriceChangeResponse {
  @ApiProperty({ example: 'Mexico' }) market: string;
  @ApiProperty({ example: 'utility' }) category: string;
  @ApiProperty({ nullable: true, type: String, description: 'null: the card before it has no such price' })
  from: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'null: it has no such price any more' }) to: string | null;
}
class CardReviewResponse {
  @ApiProperty({ nullable: true, type: String, description: 'The card before it; null for the first' })
  before: string | null;
  @ApiProperty({ type: [PriceChangeResponse] }) changes: readonly PriceChangeResponse[];
  @ApiProperty({ type: [String], description: 'What whoever approves must look at' }) warnings: readonly string[];
}
export class RateProposalResponse {
  @ApiProperty() id: string;
  @ApiProperty({ example: '2027-01-01' }) card_date: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '2026-12-01' }) announced_on: string;
  @ApiProperty({ description: 'It puts prices of a card right that is in the book' }) corrects: boolean;
  @ApiProperty({ enum: ['proposed', 'approved', 'rejected'] }) status: string;
  @ApiProperty({ type: CardReviewResponse }) review: CardReviewResponse;
  @ApiProperty() proposed_by: string;
  @ApiProperty() proposed_at: string;
  @ApiProperty({ nullable: true, type: String }) decided_by: string | null;
  @ApiProperty({ nullable: true, type: String }) decided_at: string | null;
}
export class RateProposalsResponse {
  @ApiProperty({ type: [RateProposalResponse] }) data: RateProposalResponse[];
}
