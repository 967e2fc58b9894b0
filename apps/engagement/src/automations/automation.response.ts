import { ApiProperty } from '@nestjs/swagger';
import type { Automation, Condition } from './automation.js';
import type { AutomationRun, RunState } from './automation-runs.js';
import type { StepRecord, StepState } from './automation-steps.js';
import type { StoredAutomation } from './automations.js';
import type { Preset } from './presets.js';

const RUN_STATES: readonly RunState[] = ['waiting', 'done', 'goal_met', 'replied', 'stopped'];
const STEP_STATES: readonly StepState[] = ['sending', 'sent', 'refused', 'skipped'];

export class AutomationResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty({ type: String, nullable: true, description: "Meta's id of the number that sends" })
  phone_number_id: string | null;
  @ApiProperty() enabled: boolean;
  @ApiProperty({ description: 'Runs end by the version that they began with' }) version: number;
  @ApiProperty({ type: 'object', additionalProperties: true }) definition: Record<string, unknown>;
  @ApiProperty() updated_at: Date;

  static of(automation: StoredAutomation, metaPhoneNumberId: string | undefined): AutomationResponse {
    const { automationId, name, enabled, version, definition, updatedAt } = automation;
    return {
      id: automationId,
      name,
      phone_number_id: metaPhoneNumberId ?? null,
      enabled,
      version,
      definition: written(definition),
      updated_at: updatedAt,
    };
  }
}

/** A definition as it is given to the API. */
const written = (automation: Automation): Record<string, unknown> => ({
  trigger: automation.trigger,
  conditions: automation.conditions,
  goal: automation.goal,
  stop_on_reply: automation.stopOnReply,
  ...(automation.quietHours ? { quiet_hours: automation.quietHours } : {}),
  ...(automation.againAfterMinutes === undefined ? {} : { again_after_minutes: automation.againAfterMinutes }),
  steps: automation.steps.map(({ afterMinutes, onlyIf, send }) => ({
    after_minutes: afterMinutes,
    ...(onlyIf.length > 0 ? { only_if: onlyIf satisfies readonly Condition[] } : {}),
    send,
  })),
});

export class AutomationPageResponse {
  @ApiProperty({ type: [AutomationResponse] }) data: AutomationResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

class PresetResponse {
  @ApiProperty() key: string;
  @ApiProperty() describe: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) definition: Record<string, unknown>;
}

export class PresetsResponse {
  @ApiProperty({ type: [PresetResponse] }) data: Preset[];
}

class StepResponse {
  @ApiProperty({ description: 'From 0' }) step: number;
  @ApiProperty({ enum: STEP_STATES }) state: StepState;
  @ApiProperty({ type: String, nullable: true, description: 'The id of the message in the log' })
  message_id: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why it was refused or skipped' }) reason: string | null;
  @ApiProperty() at: Date;
}

export class RunResponse {
  @ApiProperty() id: string;
  @ApiProperty() version: number;
  @ApiProperty() contact_id: string;
  @ApiProperty({ description: 'The cart or order' }) subject: string;
  @ApiProperty({ enum: RUN_STATES }) state: RunState;
  @ApiProperty({ type: String, nullable: true, description: 'The event that met the goal, or why it was stopped' })
  reason: string | null;
  @ApiProperty() triggered_at: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'When its next step is due' }) due_at: Date | null;
  @ApiProperty({ type: Date, nullable: true }) ended_at: Date | null;
  @ApiProperty({ type: [StepResponse] }) steps: StepResponse[];

  static of(run: AutomationRun, steps: readonly StepRecord[]): RunResponse {
    return {
      id: run.runId,
      version: run.version,
      contact_id: run.contactId,
      subject: run.subject,
      state: run.state,
      reason: run.reason,
      triggered_at: run.triggeredAt,
      due_at: run.dueAt,
      ended_at: run.endedAt,
      steps: steps
        .filter((step) => step.runId === run.runId)
        .map(({ step, state, messageId, reason, at }) => ({ step, state, message_id: messageId, reason, at })),
    };
  }
}

export class RunPageResponse {
  @ApiProperty({ type: [RunResponse] }) data: RunResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}
