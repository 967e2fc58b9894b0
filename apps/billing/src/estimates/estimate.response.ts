import { ApiProperty } from '@nestjs/swagger';

class EstimateLineResponse {
  @ApiProperty({ example: 'Mexico' }) market: string;
  @ApiProperty({ example: 'marketing' }) category: string;
  @ApiProperty() quantity: number;
  @ApiProperty({ nullable: true, type: String, description: 'null where no price is known' }) unit_price: string | null;
  @ApiProperty({ nullable: true, type: String }) amount: string | null;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ description: 'Step of the volume tiers; 0 is the list price' }) tier: number;
  @ApiProperty({ example: 'list_price' }) why: string;
}
class EstimateTotalResponse {
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '39.7000' }) amount: string;
}
export class EstimateResponse {
  @ApiProperty({ example: '2026-11-22' }) day: string;
  @ApiProperty({ example: 'pass_through/1' }) plan: string;
  @ApiProperty({ type: [EstimateLineResponse] }) lines: EstimateLineResponse[];
  @ApiProperty({ type: [EstimateTotalResponse] }) totals: EstimateTotalResponse[];
}
