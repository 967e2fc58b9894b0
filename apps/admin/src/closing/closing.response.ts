import { ApiProperty } from '@nestjs/swagger';
import type { Closing, ClosingState, LeavingStep, Rows } from '#libs/closing';
import type { ClosingPreview } from './preview-closing.js';

const ROWS = {
  type: 'object',
  additionalProperties: { type: 'integer' },
  example: { contacts: 812, messages: 45_100 },
} as const;

export class LeavingStepResponse implements LeavingStep {
  @ApiProperty({ enum: ['deregister', 'unsubscribe'] }) did: LeavingStep['did'];
  @ApiProperty({ description: "Meta's id of the number or account" }) of: string;
  @ApiProperty({ enum: ['done', 'not_needed', 'refused', 'given_up'] }) outcome: LeavingStep['outcome'];
  @ApiProperty({ required: false, description: 'What Meta said' }) said?: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}

export class ClosingResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({
    enum: ['grace', 'undone', 'leaving', 'erasing', 'closed'],
    description: 'leaving: its accounts are taken off at Meta; closed: nothing is left but the books',
  })
  state: ClosingState;
  @ApiProperty({ example: 'staff:ana@provider.example' }) asked_by: string;
  @ApiProperty() asked_at: Date;
  @ApiProperty({ description: 'Until then it can be undone' }) closes_at: Date;
  @ApiProperty({ type: Date, nullable: true }) undone_at: Date | null;
  @ApiProperty({ type: [LeavingStepResponse] }) steps: LeavingStepResponse[];
  @ApiProperty({ type: String, nullable: true, example: 'messages on their way' }) waits_for: string | null;
  @ApiProperty({ ...ROWS, nullable: true, description: 'Rows before the first was erased' }) found: Rows | null;
  @ApiProperty({
    ...ROWS,
    nullable: true,
    description: 'Rows that stay and name a customer; a person must look at them. Empty when a search found none',
  })
  naming: Rows | null;
  @ApiProperty({ ...ROWS, description: 'Rows that were erased' }) erased: Rows;
  @ApiProperty({
    ...ROWS,
    nullable: true,
    description: 'Rows that should be gone, counted afterwards; empty at the end',
  })
  remains: Rows | null;
  @ApiProperty({ type: Date, nullable: true }) closed_at: Date | null;
}

export const closingResponse = (c: Closing): ClosingResponse => ({
  id: c.id,
  state: c.state,
  asked_by: c.askedBy,
  asked_at: c.askedAt,
  closes_at: c.closesAt,
  undone_at: c.undoneAt,
  steps: c.steps,
  waits_for: c.waitsFor,
  found: c.found,
  naming: c.naming,
  erased: c.erased,
  remains: c.remains,
  closed_at: c.closedAt,
});

class StaysResponse {
  @ApiProperty() table: string;
  @ApiProperty() rows: number;
  @ApiProperty() why: string;
}
class FilesResponse {
  @ApiProperty() count: number;
  @ApiProperty() bytes: number;
}
class LeavingNumberResponse {
  @ApiProperty({ example: '+52 55 1234 5678' }) number: string;
  @ApiProperty({ example: 'CONNECTED' }) status: string;
}
class OwedResponse {
  @ApiProperty({ example: 'MXN' }) currency: string;
  @ApiProperty({ example: '120.50' }) balance: string;
}

export class ClosingPreviewResponse implements ClosingPreview {
  @ApiProperty({ description: 'When the grace would end if it began now' }) closes_at: Date;
  @ApiProperty({ ...ROWS, description: 'Rows that would be erased' }) goes: Rows;
  @ApiProperty({ type: [StaysResponse] }) stays: StaysResponse[];
  @ApiProperty({ type: FilesResponse }) files: FilesResponse;
  @ApiProperty({ type: [LeavingNumberResponse] }) numbers: LeavingNumberResponse[];
  @ApiProperty({ type: [String], description: 'Names of accounts that would leave Meta' }) accounts: string[];
  @ApiProperty({ description: 'Messages that would run out' }) messages_waiting: number;
  @ApiProperty({ type: OwedResponse, nullable: true, description: 'What is owed to the merchant' })
  wallet: OwedResponse | null;
}

export class ExportLinkResponse {
  @ApiProperty({ description: 'Answers with a ZIP: JSON lines by table, and files. Keep it secret' }) url: string;
  @ApiProperty({ description: 'When a download can no longer begin' }) expires_at: Date;
}
