import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { MayBeAbsent, PAGE_SIZE, type Page, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { isId } from '#libs/ids';
import { MESSAGE_STATUSES, type MessageStatus } from '#libs/message-status';
import { messageIdOf } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { Needs } from '#libs/staff';
import { type MessageRow, messagesOfTenant } from './messages-of-tenant.js';
import { type Trace, traceMessage } from './trace-message.js';

class MessagesRequest extends PageRequest {
  @ApiPropertyOptional({ enum: MESSAGE_STATUSES }) @MayBeAbsent() @IsIn(MESSAGE_STATUSES) status?: MessageStatus;
}

@ApiTags('messages')
@ApiBearerAuth()
@Controller('admin/v1')
export class MessagesController {
  constructor(private readonly db: Database) {}

  /** A tenant's outbound messages, newest first, without what they say. */
  @Get('tenants/:id/messages')
  @Needs('messages.read')
  @ApiOperation({ summary: "List a tenant's messages" })
  async list(@Param('id', UuidPipe) tenantId: string, @Query() request: MessagesRequest): Promise<Page<MessageRow>> {
    const rows = await this.db.asStaff((tx) =>
      messagesOfTenant(tx, tenantId, { status: request.status, before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.id,
      (row) => row,
    );
  }

  /** One message through all hands, by the reference that the tenant knows or by our id; without what it says. */
  @Get('messages/:ref')
  @Needs('messages.read')
  @ApiOperation({ summary: 'Trace one message' })
  async trace(@Param('ref') ref: string): Promise<Trace> {
    const messageId = isId(ref) ? ref : messageIdOf(ref);
    const trace = messageId && (await this.db.asStaff((tx) => traceMessage(tx, messageId)));
    if (!trace) throw Refusal.notFound('message');
    return trace;
  }
}
