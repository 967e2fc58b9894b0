import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const told = { nullable: true, type: String } as const;

/** A number as its tenant sees it. */
export class NumberResponse {
  @ApiProperty({ description: "Meta's id" }) id: string;
  @ApiProperty({ description: "Meta's id" }) waba_id: string;
  @ApiProperty({ example: '+1 555-136-2414' }) display_phone_number: string;
  @ApiProperty({
    enum: ['added', 'code-sent', 'verified', 'live', 'off', 'coexisting', 'moved-away', 'released'],
    description: 'Where it is with us',
  })
  state: string;
  @ApiProperty({ example: 'CONNECTED', description: "Meta's word" }) status: string;
  @ApiProperty() display_name: string;
  @ApiProperty({ ...told, example: 'APPROVED' }) name_status: string | null;
  @ApiProperty({ ...told, description: 'The name that was asked for' }) new_display_name: string | null;
  @ApiProperty(told) new_name_status: string | null;
  @ApiProperty({ example: 'GREEN' }) quality_rating: string;
  @ApiProperty({ ...told, example: 'VERIFIED' }) code_status: string | null;
  @ApiProperty({ description: 'It stays in the WhatsApp Business app' }) coexistence: boolean;
  @ApiProperty({ description: 'It comes from another provider' }) migrates: boolean;
  @ApiProperty({ description: 'It has Meta’s badge' }) official: boolean;
  @ApiProperty(told) data_localization_region: string | null;
  @ApiProperty({ type: 'integer' }) wrong_codes: number;
  @ApiProperty({ type: 'integer', description: 'Of ten' }) registrations_in_72_h: number;
  @ApiProperty({ ...told, format: 'date-time', description: 'The last of `waits`' }) wait_until: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'date-time' },
    description: 'Until when Meta is not asked, by command',
  })
  waits: Record<string, string>;
  @ApiProperty() has_pin: boolean;
}
export class NumbersResponse {
  @ApiProperty({ type: [NumberResponse] }) data: NumberResponse[];
}
export class JudgedNumberResponse {
  @ApiProperty() eligible: boolean;
  @ApiProperty({ example: 'on_whatsapp' }) verdict: string;
  @ApiProperty({ description: 'The verdict, for a person' }) text: string;
  @ApiProperty({ ...told, example: '+5215512345678' }) phone: string | null;
  @ApiProperty({ ...told, example: 'MX' }) country: string | null;
  @ApiProperty({ type: 'array', items: { type: 'string', enum: ['SMS', 'VOICE'] } }) methods: string[];
}
class ConditionResponse {
  @ApiProperty({ example: 'two_step_pin_off' }) what: string;
  @ApiProperty({ nullable: true, type: Boolean, description: 'null: not known here' }) met: boolean | null;
  @ApiPropertyOptional({ description: 'For a person' }) how?: string;
}
export class LeavingResponse {
  @ApiProperty({ example: 'live' }) state: string;
  @ApiProperty({ type: [ConditionResponse] }) conditions: ConditionResponse[];
}
export class ChatLinkResponse {
  @ApiProperty({ example: 'https://wa.me/15551362414?text=Hola' }) url: string;
}
export class QrCodeResponse {
  @ApiProperty() code: string;
  @ApiProperty() text: string;
  @ApiProperty({ ...told, description: 'The short link' }) url: string | null;
  @ApiProperty(told) image_url: string | null;
}
export class QrCodesResponse {
  @ApiProperty({ type: [QrCodeResponse] }) data: QrCodeResponse[];
}
