import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class GroupResponse {
  @ApiPropertyOptional({ example: '2026-11-22', description: 'Of acceptance, in UTC' }) day?: string;
  @ApiPropertyOptional() tenant_id?: string;
  @ApiPropertyOptional() phone_number_id?: string;
  @ApiPropertyOptional({ example: 'Mexico' }) market?: string;
  @ApiPropertyOptional({ example: 'marketing' }) category?: string;
}

class TrafficRowResponse extends GroupResponse {
  @ApiProperty() accepted: number;
  @ApiProperty({ description: 'Nobody has said yet how it ended, nor that it left' }) open: number;
  @ApiProperty() sent: number;
  @ApiProperty() delivered: number;
  @ApiProperty() read: number;
  @ApiProperty() failed: number;
  @ApiProperty() expired: number;
  @ApiProperty() cancelled: number;
}

class FailureRowResponse extends GroupResponse {
  @ApiProperty({ example: '131026', description: "Code of Meta's, or ours in the same form" }) cause: string;
  @ApiProperty({ example: 'Message undeliverable' }) means: string;
  @ApiProperty() messages: number;
}

class SpendRowResponse extends GroupResponse {
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '12.4100', description: 'What Meta asks of the provider' }) cost: string;
  @ApiProperty({ example: '14.8920', description: 'What the provider asks for messages' }) price: string;
  @ApiProperty({ example: '2.4820', description: 'price - cost, where both are in this currency' }) margin: string;
}

class ReportResponse {
  @ApiProperty({ example: '2026-11-01' }) from: string;
  @ApiProperty({ example: '2026-11-30', description: 'Included' }) to: string;
}

export class TrafficResponse extends ReportResponse {
  @ApiProperty({ type: [TrafficRowResponse] }) data: TrafficRowResponse[];
}
export class FailuresResponse extends ReportResponse {
  @ApiProperty({ type: [FailureRowResponse] }) data: FailureRowResponse[];
}
export class SpendResponse extends ReportResponse {
  @ApiProperty({ type: [SpendRowResponse] }) data: SpendRowResponse[];
}
