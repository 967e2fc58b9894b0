import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ProgressResponse } from './campaign.response.js';

export class CauseResponse {
  @ApiProperty({ description: "Meta's code of what failed, our reason of what was refused", example: '131049' })
  cause: string;
  @ApiProperty() messages: number;
  @ApiPropertyOptional() meaning?: string;
  @ApiPropertyOptional() advice?: string;
}
export class CostResponse {
  @ApiProperty() category: string;
  @ApiProperty() currency: string;
  @ApiProperty() quantity: string;
  @ApiProperty() amount: string;
}
export class VariantReportResponse extends ProgressResponse {
  @ApiProperty() name: string;
  @ApiProperty() template: string;
}

/** What a campaign did. */
export class ReportResponse extends ProgressResponse {
  @ApiProperty({ description: 'Opted out of marketing since they got it' }) opted_out: number;
  @ApiProperty({ type: [VariantReportResponse] }) variants: VariantReportResponse[];
  @ApiProperty({ type: [CauseResponse] }) failures: CauseResponse[];
  @ApiProperty({ type: [CauseResponse] }) refusals: CauseResponse[];
  @ApiProperty({
    type: [CostResponse],
    nullable: true,
    description: 'Charged so far, by billing; null while it does not answer',
  })
  cost: CostResponse[] | null;
}
