import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { graphError, refusalFor } from '#libs/error-catalogue';
import type { Refusal } from '#libs/http';
import { ErrorResponse, explainError } from './explain-error.js';
import type { BatchOutcome } from './send-batch.js';

/** Why a message was refused, in Meta's words and in ours. */
export class BatchRefusalResponse extends ErrorResponse {
  @ApiProperty({ description: 'Our own stable name of the reason', example: 'tier_exhausted' }) reason: string;
  @ApiPropertyOptional({ description: 'Seconds after which trying again may help; absent where waiting does not' })
  retry_after?: number;

  static from(refusal: Refusal): BatchRefusalResponse {
    const { error } = graphError(refusalFor(refusal.code, refusal.status), refusal.details, '');
    const wait = refusal.more.retryAfterSeconds;
    return {
      ...(explainError(error) as ErrorResponse),
      reason: refusal.code,
      ...(wait === undefined ? {} : { retry_after: wait }),
    };
  }
}

/** One message of a batch. */
export class BatchedMessageResponse {
  @ApiProperty({ description: 'Yours, or ours where you gave none' }) id: string;
  @ApiProperty({ enum: ['accepted', 'refused'] }) status: 'accepted' | 'refused';
  @ApiPropertyOptional({ description: 'The id in statuses and in replies' }) ref?: string;
  @ApiPropertyOptional({ description: 'Digits of the number, or a business-scoped user id' }) recipient?: string;
  @ApiPropertyOptional({ type: BatchRefusalResponse }) error?: BatchRefusalResponse;
}

export class BatchResponse {
  @ApiProperty({ type: [BatchedMessageResponse], description: 'In the order in which the messages were given' })
  data: BatchedMessageResponse[];

  static of(outcomes: readonly BatchOutcome[]): BatchResponse {
    return {
      data: outcomes.map((one) =>
        'refusal' in one
          ? { id: one.messageId, status: 'refused', error: BatchRefusalResponse.from(one.refusal) }
          : { id: one.messageId, status: 'accepted', ref: one.ref, recipient: one.recipient },
      ),
    };
  }
}
