import { ApiProperty } from '@nestjs/swagger';

/** The messaging limit: how many different customers may be messaged outside service windows in a moving 24 h. */
export class MessagingLimitResponse {
  @ApiProperty({ description: "Meta's word", example: 'TIER_2K' }) tier: string;
  @ApiProperty({
    enum: ['portfolio', 'number'],
    description: 'Who shares it: since October 2025 all numbers of a portfolio',
  })
  scope: string;
  @ApiProperty({ nullable: true, type: Number, description: 'Different customers; null: no limit', example: 2000 })
  limit: number | null;
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Until when your provider holds `limit` below what Meta allows; null: it does not',
  })
  held_until: string | null;
  @ApiProperty({
    nullable: true,
    type: Number,
    description: 'Counted in the last 24 hours; null where there is no limit',
  })
  used: number | null;
  @ApiProperty({ nullable: true, type: Number, description: 'How many more customers fit now; null: no limit' })
  room: number | null;
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'When the next place becomes free; null while none is taken',
  })
  next_room_at: string | null;
}

/** Messages waiting to be handed to Meta; each lane goes before the next. */
export class WaitingResponse {
  @ApiProperty({ description: 'Replies and one-time codes' }) replies: number;
  @ApiProperty({ description: 'Utility templates' }) ordinary: number;
  @ApiProperty({ description: 'Marketing templates' }) broadcasts: number;
}

/** How fast the number may send, and does. Messages of customers count as well. */
export class ThroughputResponse {
  @ApiProperty({ description: "Meta's level: STANDARD, HIGH or NOT_APPLICABLE", example: 'STANDARD' }) level: string;
  @ApiProperty({ description: 'Messages a second', example: 80 }) per_second: number;
  @ApiProperty({ description: 'Of these, sent or received in the last second' }) used: number;
  @ApiProperty({ description: 'What is left of this second' }) room: number;
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'Nothing is sent before, because Meta answered that it was too much or that the number is being moved',
  })
  paused_until: string | null;
  @ApiProperty({ type: WaitingResponse }) waiting: WaitingResponse;
}

/** Why nothing is sent from the number at the moment. */
export class RefusedResponse {
  @ApiProperty({ description: "Meta's code", example: 131031 }) code: number;
  @ApiProperty({ example: 'Account has been locked' }) title: string;
  @ApiProperty({ description: 'What to do' }) advice: string;
  @ApiProperty({ description: 'When one message tries again, unless something is done before' }) until: string;
}

export class HeadroomResponse {
  @ApiProperty({ description: "Meta's id of the number" }) phone_number_id: string;
  @ApiProperty() display_phone_number: string;
  @ApiProperty({ description: "Meta's word; CONNECTED sends, RESTRICTED only replies", example: 'CONNECTED' })
  status: string;
  @ApiProperty({ enum: ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] }) quality_rating: string;
  @ApiProperty({
    type: RefusedResponse,
    nullable: true,
    description: 'Meta refuses whatever the number sends: messages wait, and new ones are refused; null: it does not',
  })
  refused: RefusedResponse | null;
  @ApiProperty({ type: MessagingLimitResponse }) messaging_limit: MessagingLimitResponse;
  @ApiProperty({ type: ThroughputResponse }) throughput: ThroughputResponse;
}

/** Messages of a free entry point cost nothing; free-form ones still need an open service window. */
export class FreeEntryResponse {
  @ApiProperty({ description: 'When the customer wrote through an ad or a page button' }) entered_at: string;
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'When the answer within 24 hours was delivered; null: not yet',
  })
  answered_at: string | null;
  @ApiProperty({ description: 'Whether messages are free now, as far as we can say' }) open: boolean;
  @ApiProperty({ nullable: true, type: String }) ends_at: string | null;
  @ApiProperty({
    description: 'false since October 2026: it ends at `ends_at` at the latest, and Meta says message by message',
  })
  certain: boolean;
}

export class HeadroomsResponse {
  @ApiProperty({ type: [HeadroomResponse] }) data: HeadroomResponse[];
}

export class CustomerWindowResponse {
  @ApiProperty({ description: "Meta's id of the number" }) phone_number_id: string;
  @ApiProperty({ description: 'Digits of the number, a business-scoped user id, or the id of a group' })
  customer: string;
  @ApiProperty({ description: 'Whether free-form messages may be sent now' }) open: boolean;
  @ApiProperty({ nullable: true, type: String, description: 'When it ends or ended; null: never opened' })
  ends_at: string | null;
  @ApiProperty({ nullable: true, type: String, description: "The customer's last message or call" })
  last_user_message_at: string | null;
  @ApiProperty({
    enum: ['free_entry_point', 'customer_service', 'none'],
    description: 'Which window a message sent now falls in',
  })
  kind: string;
  @ApiProperty({ type: FreeEntryResponse, nullable: true }) free_entry_point: FreeEntryResponse | null;
}
