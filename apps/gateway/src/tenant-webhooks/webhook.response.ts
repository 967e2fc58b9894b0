import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Delivery, WebhookEndpoint } from '#libs/tenant-events';

export class WebhookResponse {
  @ApiProperty() id: string;
  @ApiProperty() url: string;
  @ApiProperty({ type: [String], nullable: true }) events: string[] | null;
  @ApiProperty({ nullable: true, type: String }) phone_number_id: string | null;
  @ApiProperty({ nullable: true, type: String }) waba_id: string | null;
  /** Names only: what they hold may be secret. */
  @ApiProperty({ type: [String] }) header_names: string[];
  @ApiProperty() enabled: boolean;
  @ApiProperty({
    enum: ['tenant', 'failing'],
    nullable: true,
    description:
      '`failing`: we switched it off because every post failed for five days. Set `enabled` when it is mended.',
  })
  disabled_reason: string | null;
  @ApiProperty({ nullable: true, type: String }) disabled_at: string | null;
  /** Made and removed by `/{waba-id}/subscribed_apps`, or by the webhook paths of 360dialog's API. */
  @ApiProperty({ enum: ['tenant', 'subscribed_apps', 'd360', 'd360_copy'] }) managed_by: string;
  /** Posts that failed in a row. */
  @ApiProperty() failures: number;
  @ApiProperty({ nullable: true, type: String }) failing_since: string | null;
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Nothing is posted before, since it failed again and again; any PATCH ends the rest',
  })
  rests_until: string | null;
  @ApiProperty() created_at: string;
  @ApiPropertyOptional({ description: 'Shown once, when it is made' }) secret?: string;
}

export class WebhooksResponse {
  @ApiProperty({ type: [WebhookResponse] }) data: WebhookResponse[];
}

export class SecretResponse {
  @ApiProperty({ description: 'The whole text is the key of X-Hub-Signature-256' }) secret: string;
}

export class TestedResponse {
  @ApiProperty() delivered: boolean;
  @ApiProperty({ nullable: true, type: Number, description: 'What the endpoint answered' }) http_status: number | null;
  @ApiProperty({ nullable: true, type: String, description: 'Why it counts as failed' }) error: string | null;
}

export class DeliveryResponse {
  @ApiProperty({ description: '`webhook-id` of the post; give it to `replay`' }) event_id: string;
  @ApiProperty({ description: '`message`, `status`, or a webhook field of Meta' }) kind: string;
  @ApiProperty({ enum: ['waiting', 'delivered', 'dead'] }) status: string;
  @ApiProperty() attempts: number;
  @ApiProperty({ nullable: true, type: Number }) http_status: number | null;
  @ApiProperty({ nullable: true, type: String }) error: string | null;
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Not before: a post also waits for earlier ones about the same customer',
  })
  next_attempt_at: string | null;
  @ApiProperty({ nullable: true, type: String }) delivered_at: string | null;
}

export class ReplayResponse {
  @ApiProperty({ description: 'How many posts wait now that did not before' }) queued: number;
  @ApiPropertyOptional({ description: 'There may be more events in the range: send this as `cursor`' }) next?: string;
}

export class DeliveryLogResponse {
  @ApiProperty({ type: [DeliveryResponse] }) data: DeliveryResponse[];
  @ApiProperty({ nullable: true, type: String }) next: string | null;
}

/** @param names Meta's ids of what the endpoint is bound to, and the names of its extra headers */
export const webhookResponse = (
  endpoint: WebhookEndpoint,
  names: { phoneNumberId: string | null; wabaId: string | null; headers: string[] },
  secret?: string,
): WebhookResponse => ({
  id: endpoint.endpointId,
  url: endpoint.url,
  events: endpoint.kinds,
  phone_number_id: names.phoneNumberId,
  waba_id: names.wabaId,
  header_names: names.headers,
  enabled: endpoint.enabled,
  disabled_reason: endpoint.disabledReason,
  disabled_at: endpoint.disabledAt?.toISOString() ?? null,
  managed_by: endpoint.managedBy,
  failures: endpoint.failures,
  failing_since: endpoint.failingSince?.toISOString() ?? null,
  rests_until: endpoint.restsUntil?.toISOString() ?? null,
  created_at: endpoint.createdAt.toISOString(),
  ...(secret ? { secret } : {}),
});

export const deliveryResponse = (d: Delivery): DeliveryResponse => ({
  event_id: d.eventId,
  kind: d.kind,
  status: d.status,
  attempts: d.attempts,
  http_status: d.lastStatus,
  error: d.lastError,
  next_attempt_at: d.status === 'waiting' ? d.dueAt.toISOString() : null,
  delivered_at: d.deliveredAt?.toISOString() ?? null,
});
