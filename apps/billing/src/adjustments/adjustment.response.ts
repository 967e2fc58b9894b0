import { ApiProperty } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { newMessageRef } from '#libs/outbox';
import type { Adjustment, AdjustmentRequest } from './adjustments.js';

export class AdjustmentResponse {
  @ApiProperty() id: string;
  @ApiProperty() tenant_id: string;
  @ApiProperty({ enum: ['transfer', 'correction', 'credit_note', 'true_up'] }) kind: string;
  @ApiProperty({ enum: ['proposed', 'approved', 'rejected'], description: 'approved: it is booked' }) status: string;
  @ApiProperty({ example: '-2500.00', description: 'What it comes to' }) amount: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What was asked for, as in the call that asked',
  })
  request: Record<string, unknown>;
  @ApiProperty({ description: 'Why, in the words of who asked' }) reason: string;
  @ApiProperty() proposed_by: string;
  @ApiProperty() proposed_at: string;
  @ApiProperty({ type: String, nullable: true }) decided_by: string | null;
  @ApiProperty({ type: String, nullable: true }) decided_at: string | null;
}
export class AdjustmentsResponse {
  @ApiProperty({ type: [AdjustmentResponse] }) data: AdjustmentResponse[];
}
export class AdjustmentPageResponse extends AdjustmentsResponse {
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

/** What was asked for, in the words of the call. */
function requestOf(asked: AdjustmentRequest): Record<string, unknown> {
  switch (asked.kind) {
    case 'transfer':
      return { amount: asked.amount, reference: asked.reference };
    case 'correction':
      return {
        message: newMessageRef(asked.messageId),
        unit_price: asked.unitPrice,
        ...(asked.category === undefined ? {} : { category: asked.category }),
      };
    case 'credit_note':
      return { invoice: asked.invoiceId, ...(asked.net === undefined ? {} : { net: asked.net }) };
    case 'true_up':
      return { waba_id: asked.metaWabaId, month: asked.month, amount: asked.amount };
  }
}

export const showAdjustment = (a: Adjustment): AdjustmentResponse => ({
  id: a.adjustmentId,
  tenant_id: a.tenantId,
  kind: a.kind,
  status: a.status,
  amount: a.amount,
  currency: a.currency,
  request: requestOf(a.request),
  reason: a.reason,
  proposed_by: a.proposer,
  proposed_at: a.proposedAt.toISOString(),
  decided_by: a.decider,
  decided_at: a.decidedAt?.toISOString() ?? null,
});

/** What a call that adjusts answers: what was booked; or 202 with what waits for another member of staff. */
export function bookedOrWaiting<T>(
  reply: FastifyReply,
  outcome: { booked: T } | { waits: Adjustment },
): T | AdjustmentResponse {
  if ('booked' in outcome) return outcome.booked;
  void reply.status(202);
  return showAdjustment(outcome.waits);
}

/** For the API document of such a call. */
export const WAITS = {
  type: AdjustmentResponse,
  description: 'Above the limit (`ADJUSTMENT_LIMITS`): nothing is booked until another member of staff approves it',
};
