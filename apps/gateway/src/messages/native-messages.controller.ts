import { Body, Controller, Delete, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { KeepsItsKey, type Once, OnceKey } from '#libs/idempotency';
import { isId } from '#libs/ids';
import { messageIdOf, Outbox } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { type Caller, requireReach, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { refuse } from '../graph-envelope/refuse.js';
import { AcceptedMessageResponse, MessageResponse } from './message.response.js';
import { isFields } from './problems.js';
import { readMessage } from './read-message.js';
import { SendMessage } from './send-message.js';

@ApiTags('Messages')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/messages')
export class NativeMessagesController {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly wabas: Wabas,
    private readonly sendMessage: SendMessage,
  ) {}

  /** Sends a message now or at `send_at`: the Cloud API's body, with the number that sends in `phone_number_id`. */
  @ApiOperation({
    summary: 'Send a message, now or later',
    description:
      '`send_at` is ISO 8601 with a zone, or unix seconds, at most 30 days ahead. What is true then decides: a template ' +
      'that is no longer approved is not sent, and the messaging limit is that of the moment. With `Idempotency-Key` a ' +
      'repeated call gets the first answer and sends nothing more, for 24 hours.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      required: ['phone_number_id', 'to'],
      example: {
        phone_number_id: '106540352242922',
        to: '+16505551234',
        type: 'template',
        template: { name: 'order_update', language: { code: 'en_US' } },
        send_at: '2026-12-24T09:00:00Z',
      },
    },
  })
  @ApiCreatedResponse({ type: AcceptedMessageResponse })
  @Post()
  @KeepsItsKey()
  async send(
    @TenantCaller() caller: Caller,
    @Body() given: unknown,
    @OnceKey() once?: Once,
  ): Promise<AcceptedMessageResponse> {
    if (!isFields(given)) throw refuse('invalid_parameter', 'The body must be a JSON object that describes a message.');
    const { phone_number_id: number, ...body } = given;
    if (typeof number !== 'string' || number === '') {
      throw refuse('missing_parameter', "phone_number_id: is required: Meta's id of the number that sends.");
    }
    const request = readMessage({ messaging_product: 'whatsapp', ...body });
    if (request.kind !== 'message') {
      throw refuse('invalid_parameter', 'status: read receipts are sent on /{phone-number-id}/messages.');
    }
    const sent = await this.sendMessage.send(caller, number, request, once);
    return AcceptedMessageResponse.of(sent, request.sendAt);
  }

  /** Takes back a message that was not handed to Meta yet; `id` is ours or the one the sending call answered with. */
  @ApiOperation({ summary: 'Cancel a message' })
  @ApiOkResponse({ type: MessageResponse })
  @Delete(':id')
  cancel(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<MessageResponse> {
    const { tenantId } = caller;
    const messageId = messageIdOf(id) ?? (isId(id) ? id : undefined);
    if (!messageId) throw Refusal.notFound('message');
    return this.db.inTenant(tenantId, async (tx) => {
      const done = await this.outbox.cancel(tx, tenantId, messageId);
      if (!done) throw Refusal.notFound('message');
      const { cancelled, message } = done;
      const { phoneNumberId } = message;
      const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId });
      // Whose it is, is known with its row; a refusal takes the cancelling back.
      requireReach(caller, { phoneNumberId, wabaId: number?.wabaId ?? '' });
      if (!cancelled) {
        throw Refusal.conflict(
          `This message is ${message.status}${message.status === 'parked' ? ', since Meta never said whether it has it' : ''}: ` +
            'only one that was not handed to Meta yet can be cancelled.',
        );
      }
      return MessageResponse.of(message, number?.metaPhoneNumberId ?? '');
    });
  }
}
