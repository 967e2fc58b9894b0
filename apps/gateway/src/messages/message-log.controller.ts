import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, type Page, pageOf, Refusal } from '#libs/http';
import { isId, timeOfId } from '#libs/ids';
import { type MessageFilter, type MessageRow, messageIdOf, Outbox } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { type Caller, requireReach, TenantCaller, TenantGuard } from '#libs/tenants';
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
  @ApiOperation({
    summary: 'List messages',
    description: 'Of several filters all must fit. A time range makes a search among millions of messages short.',
  })
  @Get()
  list(@TenantCaller() { tenantId }: Caller, @Query() query: ListMessagesRequest): Promise<Page<MessageResponse>> {
    const size = query.limit ?? PAGE_SIZE;
    return this.db.inTenant(tenantId, async (tx) => {
      const numbers = await this.wabas.phoneNumbers(tx, tenantId);
      const metaIds = new Map(numbers.map((n) => [n.phoneNumberId, n.metaPhoneNumberId]));
      const number = numbers.find((n) => n.metaPhoneNumberId === query.phone_number_id);
      if (query.phone_number_id && !number) throw Refusal.notFound('phone number');
      const rows = await this.outbox.list(tx, tenantId, {
        ...filterOf(query),
        ...(number ? { phoneNumberId: number.phoneNumberId } : {}),
        limit: size + 1,
      });
      const show = (m: MessageRow) => MessageResponse.of(m, metaIds.get(m.phoneNumberId) ?? '');
      return pageOf(rows, (m) => m.messageId, show, size);
    });
  }

  /** One message with its whole history; `id` is ours or the one the sending call answered with. */
  @ApiOkResponse({ type: MessageHistoryResponse })
  @ApiOperation({ summary: 'Show a message and its history' })
  @Get(':id')
  one(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<MessageHistoryResponse> {
    const { tenantId } = caller;
    const messageId = messageIdOf(id) ?? (isId(id) ? id : undefined);
    if (!messageId) throw Refusal.notFound('message');
    return this.db.inTenant(tenantId, async (tx) => {
      const message = await this.outbox.find(tx, tenantId, messageId);
      if (!message) throw Refusal.notFound('message');
      const { phoneNumberId } = message;
      const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId });
      requireReach(caller, { phoneNumberId, wabaId: number?.wabaId ?? '' });
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

function filterOf(query: ListMessagesRequest): Omit<MessageFilter, 'limit'> {
  const { to, status, type, category, biz_opaque_callback_data: clientData, from, until, cursor } = query;
  return {
    ...(to ? { recipient: to.replace(/^\+/, '') } : {}),
    ...(status ? { status } : {}),
    ...(type ? { type } : {}),
    ...(category ? { category } : {}),
    ...(clientData ? { clientData } : {}),
    ...(from ? { from: new Date(from) } : {}),
    ...(until ? { until: new Date(until) } : {}),
    ...(cursor ? { before: cursor } : {}),
  };
}
