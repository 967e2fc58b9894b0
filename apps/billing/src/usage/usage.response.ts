import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ENTRY_KINDS } from '#libs/ledger';

const dimension = { nullable: true, type: String } as const;
/** One sum; a dimension that was not asked for is absent. */
class UsageRowResponse {
  @ApiPropertyOptional(dimension) day?: string | null;
  @ApiPropertyOptional(dimension) market?: string | null;
  @ApiPropertyOptional(dimension) category?: string | null;
  @ApiPropertyOptional({ ...dimension, description: 'By Meta’s id' }) number?: string | null;
  @ApiPropertyOptional({ ...dimension, description: 'As the sender named it' }) campaign?: string | null;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '12' }) quantity: string;
  @ApiProperty({ example: '0.1020' }) amount: string;
}
export class UsageResponse {
  @ApiProperty({ type: [UsageRowResponse] }) data: UsageRowResponse[];
}
class OpeningResponse {
  @ApiProperty({ enum: ['receivable', 'wallet'] }) account: string;
  @ApiProperty() title: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ description: 'Debit positive, credit negative' }) balance: string;
}
class MovementResponse {
  @ApiProperty({ example: '2026-11-22' }) day: string;
  @ApiProperty({ enum: ENTRY_KINDS, description: 'All messages of a day are one, and all reversals for one reason' })
  kind: string;
  @ApiProperty({ enum: ['receivable', 'wallet'] }) account: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ description: 'How many entries it sums up' }) entries: number;
  @ApiProperty({ description: 'Debit positive, credit negative' }) amount: string;
  @ApiProperty() memo: string;
}
export class StatementResponse {
  @ApiProperty({ example: '2026-11-01' }) from: string;
  @ApiProperty({ example: '2026-11-30' }) to: string;
  @ApiProperty({ type: [OpeningResponse], description: 'Before the first day' }) opening: OpeningResponse[];
  @ApiProperty({ type: [MovementResponse] }) movements: MovementResponse[];
}
