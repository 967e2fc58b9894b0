import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class NextActionResponse {
  @ApiProperty({ enum: ['merchant', 'meta', 'provider', 'nobody'] }) who: string;
  @ApiProperty({ enum: ['connect', 'verify', 'retry', 'wait', 'support', 'none'] }) kind: string;
  @ApiProperty({ description: 'For a person' }) text: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'When it goes on by itself, where that is known' })
  at?: string;
}
class StepCauseResponse {
  @ApiProperty({ example: 'code_expired' }) code: string;
  @ApiProperty({ description: 'For a person' }) text: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'What Meta answered' }) meta?: object;
}
class SignupStepResponse {
  @ApiProperty({ example: 'register-number' }) step: string;
  @ApiProperty({ description: 'For a person' }) title: string;
  @ApiProperty({ enum: ['todo', 'done', 'failed', 'skipped'] }) state: string;
  @ApiProperty({ type: 'integer' }) attempts: number;
  @ApiPropertyOptional() cause?: StepCauseResponse;
  @ApiPropertyOptional({ description: 'Worth knowing, no failure' }) note?: string;
  @ApiProperty({ format: 'date-time' }) updated_at: string;
}
class SignupNewsResponse {
  @ApiProperty({ example: 'PARTNER_ADDED', description: "Meta's word" }) told: string;
  @ApiProperty({ description: 'For a person' }) text: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}
/** `SignupView`, as the API document tells it. */
export class SignupResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: ['embedded', 'classic'] }) kind: string;
  @ApiProperty({
    enum: ['waiting-for-merchant', 'working', 'waiting-for-meta', 'failed', 'cancelled', 'live', 'disconnected'],
  })
  state: string;
  @ApiProperty({ description: 'The state, for a person' }) summary: string;
  @ApiProperty() next_action: NextActionResponse;
  @ApiProperty({ type: [SignupStepResponse] }) steps: SignupStepResponse[];
  @ApiProperty({ type: [SignupNewsResponse], description: 'What Meta told of the account since, oldest first' })
  news: SignupNewsResponse[];
  @ApiPropertyOptional({ enum: ['provider', 'merchant'], description: 'Who pays Meta' }) paid_by?: string;
  @ApiPropertyOptional() application_id?: string;
  @ApiPropertyOptional({ description: "Meta's id" }) waba_id?: string;
  @ApiPropertyOptional({ description: "Meta's id" }) phone_number_id?: string;
  @ApiPropertyOptional({ description: "Meta's id" }) business_id?: string;
  @ApiPropertyOptional({ example: '+1 555-222-2261' }) display_phone_number?: string;
  @ApiPropertyOptional({ description: 'The number stays in the WhatsApp Business app' }) coexistence?: boolean;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: "Where Meta's dialog was left" })
  left?: object;
  @ApiProperty({ format: 'date-time' }) created_at: string;
  @ApiProperty({ format: 'date-time' }) updated_at: string;
}
export class SignupsResponse {
  @ApiProperty({ type: [SignupResponse] }) data: SignupResponse[];
}
