import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class SentContactResponse {
  @ApiProperty({ description: 'As you gave it', example: '+16505551234' }) input: string;
  @ApiPropertyOptional({ example: '16505551234' }) wa_id?: string;
  @ApiPropertyOptional({ description: 'Where you gave a business-scoped user id' }) user_id?: string;
}
class SentIdResponse {
  @ApiProperty({ example: 'wamid.PLMAAZq0n3F1fYuPq2Wm0u3kSg' }) id: string;
  @ApiPropertyOptional() group_id?: string;
  @ApiPropertyOptional({ enum: ['accepted'], description: 'Of templates' }) message_status?: string;
}
/** The Cloud API's answer to a message (`SentMessage`), or `success` where one was marked as read. */
export class SentMessageResponse {
  @ApiPropertyOptional({ enum: ['whatsapp'] }) messaging_product?: string;
  @ApiPropertyOptional({ type: [SentContactResponse], description: 'One' }) contacts?: SentContactResponse[];
  @ApiPropertyOptional({ type: [SentIdResponse], description: 'One' }) messages?: SentIdResponse[];
  @ApiPropertyOptional({ description: 'In place of all else, of `"status": "read"`' }) success?: boolean;
}
