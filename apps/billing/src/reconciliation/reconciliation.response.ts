import { ApiProperty } from '@nestjs/swagger';

export class RowsResponse {
  @ApiProperty({ description: 'How many rows were kept' }) rows: number;
}
class DifferenceResponse {
  @ApiProperty({ example: '2026-11-20', description: "In the WABA's time zone; of an invoice the first of its month" })
  day: string;
  @ApiProperty({ description: 'Digits; empty where numbers are not told apart' }) number: string;
  @ApiProperty({ example: 'Mexico' }) market: string;
  @ApiProperty({ example: 'utility' }) category: string;
  @ApiProperty() charged: boolean;
  @ApiProperty({ description: 'How many we charged' }) ours: number;
  @ApiProperty({ description: 'How many Meta counted' }) metas: number;
  @ApiProperty({ nullable: true, type: String }) ourCost: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'null where Meta hides it' }) metasCost: string | null;
  @ApiProperty({ example: 'status_missing', description: 'The probable cause; a person decides' }) cause: string;
}
export class WabaReportResponse {
  @ApiProperty() wabaId: string;
  @ApiProperty() metaWabaId: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ type: [DifferenceResponse] }) differences: readonly DifferenceResponse[];
  @ApiProperty({ nullable: true, type: String, description: "What the books are short of Meta's invoice; of one only" })
  trueUp: string | null;
}
export class WabaReportsResponse {
  @ApiProperty({ type: [WabaReportResponse] }) data: WabaReportResponse[];
}
export class ImportedInvoiceResponse extends WabaReportsResponse {
  @ApiProperty({ description: 'How many rows were kept' }) rows: number;
}
export class TrueUpResponse {
  @ApiProperty({ example: '2026-11-30' }) booked_on: string;
  @ApiProperty({ description: 'The journal entry' }) entry: string;
}
