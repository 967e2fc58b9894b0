import { ApiProperty } from '@nestjs/swagger';

export class CustomerExportResponse {
  @ApiProperty() customer_mark: string;
  @ApiProperty({ type: [String], description: 'Numbers in all their forms, and user ids' }) identifiers: string[];
  @ApiProperty({ type: [String] }) names: string[];
  @ApiProperty({ type: [String], description: 'Ids of files that are the customer’s' }) files: string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'object' } },
    description: 'Rows by table: the customer’s own, not what others wrote of them',
  })
  rows: Record<string, object[]>;
  @ApiProperty({ type: [String], description: 'Tables of which only the first 10,000 rows are shown' })
  truncated: string[];
}

export class RetentionResponse {
  @ApiProperty({ type: Number, nullable: true }) body_days: number | null;
}

export class BodyResponse {
  @ApiProperty() ref: string;
  @ApiProperty({
    description: 'As it was accepted; when it is no longer kept {}, or the ids of the files that it named',
  })
  body: object;
}
