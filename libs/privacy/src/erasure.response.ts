import { ApiProperty } from '@nestjs/swagger';
import type { Erasure } from './erasures.js';

const ROWS = {
  type: 'object',
  additionalProperties: { type: 'integer' },
  example: { messages: 12, tenant_events: 36 },
} as const;

export class ErasureResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ description: 'Stands for the customer: the same each time somebody asks, and says nothing of them' })
  customer_mark: string;
  @ApiProperty({ example: 'staff:ana@provider.example' }) asked_by: string;
  @ApiProperty({
    enum: ['waiting', 'done', 'left'],
    description: 'left: all was done, and the search found the customer where nothing may be changed',
  })
  state: Erasure['state'];
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'messages on their way',
    description: 'What must end first; or that the last try failed, with the code of the error, and is made again',
  })
  waits_for: string | null;
  @ApiProperty({ ...ROWS, nullable: true, description: 'Rows that named the customer before' }) found: object | null;
  @ApiProperty({ ...ROWS, description: 'Rows that were changed or deleted' }) changed: object;
  @ApiProperty({ ...ROWS, nullable: true, description: 'Rows that name the customer now; empty when nothing is left' })
  remains: object | null;
  @ApiProperty() asked_at: Date;
  @ApiProperty({ type: Date, nullable: true }) done_at: Date | null;
}

export const erasureResponse = (e: Erasure): ErasureResponse => ({
  id: e.id,
  customer_mark: e.customerMark,
  asked_by: e.askedBy,
  state: e.state,
  waits_for: e.waitsFor,
  found: e.found,
  changed: e.changed,
  remains: e.remains,
  asked_at: e.askedAt,
  done_at: e.doneAt,
});

export class ErasurePage {
  @ApiProperty({ type: [ErasureResponse] }) data: ErasureResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}
