import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { timeOfId } from '#libs/ids';
import { type MessageEventRow, type MessageRow, messageIdOf, newMessageRef } from '#libs/outbox';
import { ErrorResponse, errorIn, explainError } from './explain-error.js';
import type { SentMessage } from './send-message.js';

/** A message that was just accepted. */
export class AcceptedMessageResponse {
  @ApiProperty({ description: 'UUID' }) id: string;
  @ApiProperty({ description: 'The id in statuses and in replies' }) ref: string;
  @ApiProperty({ description: 'Digits of the number, or a business-scoped user id' }) recipient: string;
  @ApiProperty({ enum: ['accepted'] }) status: 'accepted';
  @ApiPropertyOptional() send_at?: string;

  static of({ contacts: [contact], messages: [{ id }] }: SentMessage, sendAt?: Date): AcceptedMessageResponse {
    return {
      id: messageIdOf(id) ?? '',
      ref: id,
      recipient: contact.wa_id ?? contact.input,
      status: 'accepted',
      ...(sendAt ? { send_at: sendAt.toISOString() } : {}),
    };
  }
}

/** A message as the native API shows it; its body is not part of it. */
export class MessageResponse {
  @ApiProperty({ description: 'UUID' }) id: string;
  @ApiProperty({ description: 'The id that the sending call answered with' }) ref: string;
  @ApiProperty({ description: "Meta's id of the sending number" }) phone_number_id: string;
  @ApiProperty({ description: 'Digits of the number, or a business-scoped user id' }) recipient: string;
  @ApiProperty() type: string;
  @ApiProperty({ nullable: true, type: String }) category: string | null;
  @ApiProperty({ description: 'See the glossary for each status' }) status: string;
  @ApiProperty() status_at: string;
  @ApiProperty() accepted_at: string;
  @ApiProperty({ description: 'Not to be sent before: `send_at`, or when it is tried again' }) not_before: string;
  @ApiProperty() expires_at: string;
  @ApiProperty() attempts: number;
  @ApiProperty({ nullable: true, type: String }) meta_message_id: string | null;
  @ApiPropertyOptional({ type: ErrorResponse, description: 'Why it failed, or was not sent yet' })
  error?: ErrorResponse;
  @ApiPropertyOptional() biz_opaque_callback_data?: string;

  static of(message: MessageRow, metaPhoneNumberId: string): MessageResponse {
    return {
      id: message.messageId,
      ref: newMessageRef(message.messageId),
      phone_number_id: metaPhoneNumberId,
      recipient: message.recipient,
      type: message.type,
      category: message.category,
      status: message.status,
      status_at: message.statusAt.toISOString(),
      accepted_at: timeOfId(message.messageId).toISOString(),
      not_before: message.notBefore.toISOString(),
      expires_at: message.expiresAt.toISOString(),
      attempts: message.attempts,
      meta_message_id: message.metaMessageId,
      ...withError(explainError(message.metaError)),
      ...(message.clientData === null ? {} : { biz_opaque_callback_data: message.clientData }),
    };
  }
}

/** One step of a message's life. */
export class MessageEventResponse {
  @ApiProperty() kind: string;
  @ApiProperty() at: string;
  @ApiProperty({ enum: ['paloma', 'meta'] }) source: string;
  @ApiProperty({ description: 'apply: the message moved; record: true, but older news' }) verdict: string;
  @ApiPropertyOptional({ description: 'Which attempt, for our own steps' }) attempt?: number;
  @ApiPropertyOptional({ type: ErrorResponse }) error?: ErrorResponse;
  @ApiPropertyOptional({ description: "What was told, as it came: Meta's answer or status, or our reason" })
  detail?: unknown;

  static of(event: MessageEventRow): MessageEventResponse {
    return {
      kind: event.kind,
      at: event.at.toISOString(),
      source: event.source,
      verdict: event.verdict,
      ...(event.source === 'paloma' ? { attempt: event.occurrence } : {}),
      ...withError(errorIn(event.detail)),
      ...(event.detail === null ? {} : { detail: event.detail }),
    };
  }
}

export class MessageHistoryResponse extends MessageResponse {
  @ApiProperty({ type: [MessageEventResponse], description: 'Oldest first; the first step is the acceptance' })
  history: MessageEventResponse[];
}

export class MessagesPageResponse {
  @ApiProperty({ type: [MessageResponse], description: 'Newest first' }) data: MessageResponse[];
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Give it back as `cursor` for the next page; null on the last',
  })
  next: string | null;
}

const withError = (error: ErrorResponse | undefined) => (error === undefined ? {} : { error });
