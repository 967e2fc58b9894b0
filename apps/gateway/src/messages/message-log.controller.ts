import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { isId, timeOfId } from '#libs/ids';
import { messageIdOf, Outbox } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { ListMessagesRequest } from './list-messages.request.js';
import {
  MessageEventResponse,
  MessageHistoryResponse,
  MessageResponse,
  MessagesPageResponse,
} from './message.response.js';

@ApiTags('Messages')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/messages')
export class MessageLogController {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly wabas: Wabas,
  ) {}

  /** Messages of the tenant, newest first. */
  @ApiOkResponse({ type: MessagesPageResponse })
  @ApiOperation({ summary: 'List messages' })
  @Get()
  list(@TenantCaller() { tenantId }: Caller, @Query() query: ListMessagesRequest): Promise<MessagesPageResponse> {
    const limit = query.limit ?? 50;
    return this.db.inTenant(tenantId, async (tx) => {
      const numbers = await this.wabas.phoneNumbers(tx, tenantId);
      const metaIds = new Map(numbers.map((n) => [n.phoneNumberId, n.metaPhoneNumberId]));
      const number = numbers.find((n) => n.metaPhoneNumberId === query.phone_number_id);
      if (query.phone_number_id && !number) throw Refusal.notFound('phone number');
      const rows = await this.outbox.list(tx, tenantId, {
        ...(number ? { phoneNumberId: number.phoneNumberId } : {}),
        ...(query.to ? { recipient: query.to.replace(/^\+/, '') } : {}),
        ...(query.status ? { status: query.status } : {}),
        ...(query.before ? { before: query.before } : {}),
        limit: limit + 1,
      });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        data: shown.map((m) => MessageResponse.of(m, metaIds.get(m.phoneNumberId) ?? '')),
        ...(rows.length > limit && last ? { next: last.messageId } : {}),
      };
    });
  }

  /** One message with its whole history; `id` is ours or the one the sending call answered with. */
  @ApiOkResponse({ type: MessageHistoryResponse })
  @ApiOperation({ summary: 'Show a message and its history' })
  @Get(':id')
  one(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<MessageHistoryResponse> {
    const messageId = messageIdOf(id) ?? (isId(id) ? id : undefined);
    if (!messageId) throw Refusal.notFound('message');
    return this.db.inTenant(tenantId, async (tx) => {
      const message = await this.outbox.find(tx, tenantId, messageId);
      if (!message) throw Refusal.notFound('message');
      const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId: message.phoneNumberId });
      const accepted = {
        kind: 'accepted',
        at: timeOfId(messageId).toISOString(),
        source: 'paloma',
        verdict: 'apply',
      };
      return {
        ...MessageResponse.of(message, number?.metaPhoneNumberId ?? ''),
        history: [
          accepted,
          ...(await this.outbox.eventsOf(tx, tenantId, messageId)).map((e) => MessageEventResponse.of(e)),
        ],
      };
    });
  }
}
