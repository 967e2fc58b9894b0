import { ApiProperty } from '@nestjs/swagger';
import { ALERT_KINDS, type AlertKind, KINDS } from './alert-kinds.js';
import type { Alert, Rule } from './alerts.js';

export class AlertResponse {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid', description: 'The nil UUID for the platform' }) tenant_id: string;
  @ApiProperty({ enum: ALERT_KINDS }) kind: AlertKind;
  @ApiProperty({ description: 'Id of the number, template or endpoint, a currency, or what the kind is about' })
  subject: string;
  @ApiProperty({ description: 'The worst that was measured' }) value: number;
  @ApiProperty() raised_at: Date;
  @ApiProperty({ type: Date, nullable: true }) cleared_at: Date | null;
  @ApiProperty({ type: String, nullable: true }) acknowledged_by: string | null;
  @ApiProperty({ type: Date, nullable: true }) acknowledged_at: Date | null;
}

export const alertResponse = (a: Alert): AlertResponse => ({
  id: a.id,
  tenant_id: a.tenantId,
  kind: a.kind,
  subject: a.subject,
  value: a.value,
  raised_at: a.raisedAt,
  cleared_at: a.clearedAt,
  acknowledged_by: a.acknowledgedBy,
  acknowledged_at: a.acknowledgedAt,
});

export class AlertPage {
  @ApiProperty({ type: [AlertResponse] }) data: AlertResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class RuleResponse {
  @ApiProperty({ enum: ALERT_KINDS }) kind: AlertKind;
  @ApiProperty({ description: 'What is measured, in which unit' }) means: string;
  @ApiProperty() enabled: boolean;
  @ApiProperty({ description: 'An occurrence begins at this value' }) raise_at: number;
  @ApiProperty({ description: 'It is over at this one' }) clear_at: number;
}

export const ruleResponse = ({ kind, enabled, raiseAt, clearAt }: Rule): RuleResponse => ({
  kind,
  means: KINDS[kind].means,
  enabled,
  raise_at: raiseAt,
  clear_at: clearAt,
});

export class RulesResponse {
  @ApiProperty({ type: [RuleResponse] }) data: RuleResponse[];
}
