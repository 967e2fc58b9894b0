import { ApiProperty } from '@nestjs/swagger';
import { timeOfId } from '#libs/ids';
import type { BotRun, RunStep } from './bot-runs.js';
import type { Bot } from './bots.js';

export class BotResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty({ type: String, nullable: true, description: "Meta's id of the number; null: all" }) phone_number_id:
    | string
    | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) draft: object;
  @ApiProperty({ type: Number, nullable: true, description: 'Null: switched off' }) live_version: number | null;
  @ApiProperty() updated_at: Date;

  static of(bot: Bot, metaIds: ReadonlyMap<string, string>): BotResponse {
    return {
      id: bot.botId,
      name: bot.name,
      phone_number_id: bot.phoneNumberId && (metaIds.get(bot.phoneNumberId) ?? null),
      draft: bot.draft,
      live_version: bot.liveVersion,
      updated_at: bot.updatedAt,
    };
  }
}

export class BotPageResponse {
  @ApiProperty({ type: [BotResponse] }) data: BotResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class PublishedResponse {
  @ApiProperty() version: number;
}

export class BotRunResponse {
  @ApiProperty() id: string;
  @ApiProperty() version: number;
  @ApiProperty() conversation_id: string;
  @ApiProperty({ enum: ['running', 'asked', 'waiting', 'calling', 'answering', 'with_people', 'over'] }) status: string;
  @ApiProperty({ type: String, nullable: true, description: 'The step that it stands at' }) at: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) variables: object;
  @ApiProperty({
    type: [String],
    description: 'What the customer wrote while another system is asked, in order; its next question hears it',
  })
  unheard: string[];
  @ApiProperty() begun_at: Date;
  @ApiProperty({ type: Date, nullable: true }) over_at: Date | null;

  static of({ runId, version, conversationId, state, overAt }: BotRun): BotRunResponse {
    const { status, at, variables, unheard = [] } = state;
    return {
      id: runId,
      version,
      conversation_id: conversationId,
      status,
      at,
      variables,
      unheard: unheard.map(({ text, pressed }) => text || (pressed ?? '')),
      begun_at: timeOfId(runId),
      over_at: overAt,
    };
  }
}

export class BotRunPageResponse {
  @ApiProperty({ type: [BotRunResponse] }) data: BotRunResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class RunStepResponse {
  @ApiProperty() at: Date;
  @ApiProperty({ type: 'object', additionalProperties: true }) event: object;
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } }) effects: object[];

  static of({ at, event, effects }: RunStep): RunStepResponse {
    return { at, event, effects };
  }
}

export class RunStepListResponse {
  @ApiProperty({ type: [RunStepResponse], description: 'The oldest first' }) data: RunStepResponse[];
}

export class SimulatedTurnResponse {
  @ApiProperty() event: string;
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } }) effects: object[];
  @ApiProperty({ type: String, nullable: true }) at: string | null;
  @ApiProperty() status: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) variables: object;
}

export class SimulationResponse {
  @ApiProperty({ type: [SimulatedTurnResponse] }) data: SimulatedTurnResponse[];
}
