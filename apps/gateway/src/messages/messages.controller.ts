import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { KeepsItsKey, onceOf } from '#libs/idempotency';
import { ApiKeyGuard, callerOf } from '#libs/tenants';
import { MarkAsRead } from './mark-as-read.js';
import { readMarketingMessage, readMessage } from './read-message.js';
import { SendMessage, type SentMessage } from './send-message.js';
import { SentMessageResponse } from './sent-message.response.js';

const NUMBER = { name: 'phoneNumberId', type: String, description: "Meta's id of the sending number" };

// Nest hands each parameter of a handler to the pipes. They have nothing to check in these (`readMessage` does), and took a
// tenth of what accepting a message costs (docs/performance.md); so the handlers of these routes take the request whole.
const partsOf = (request: FastifyRequest) => ({
  caller: callerOf(request),
  phoneNumberId: (request.params as { phoneNumberId: string }).phoneNumberId,
  body: request.body,
  once: onceOf(request),
});

@ApiTags('Messages (Cloud API)')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller()
export class MessagesController {
  constructor(
    private readonly sendMessage: SendMessage,
    private readonly markAsRead: MarkAsRead,
  ) {}

  /** Sends a message, or with `"status": "read"` marks a customer's message as read (and shows that you are typing). */
  @ApiOperation({
    summary: 'Send a message',
    description:
      "The Cloud API's own request and answer; a version such as /v24.0 may stand in front of the path. Beyond Meta's " +
      'fields, `send_at` (ISO 8601 or unix seconds, at most 30 days ahead) sends it later. With the header ' +
      '`Idempotency-Key` a repeated call gets the first answer and sends nothing more, for 24 hours.',
  })
  @ApiParam(NUMBER)
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      example: { messaging_product: 'whatsapp', to: '+16505551234', type: 'text', text: { body: 'Hello' } },
    },
  })
  @ApiOkResponse({
    description: 'Accepted: committed, and to be sent. What becomes of it comes as statuses to your webhook.',
    type: SentMessageResponse,
  })
  @Post(':phoneNumberId/messages')
  @HttpCode(200)
  @KeepsItsKey()
  send(@Req() call: FastifyRequest): Promise<SentMessage | { success: boolean }> {
    const { caller, phoneNumberId, body, once } = partsOf(call);
    const request = readMessage(body);
    return request.kind === 'read'
      ? this.markAsRead.markOnce(caller, phoneNumberId, request, once)
      : this.sendMessage.send(caller, phoneNumberId, request, once);
  }

  /** Sends a marketing template by Meta's Marketing Messages API; all else is as on `/messages`. */
  @ApiOperation({
    summary: 'Send a marketing message',
    description:
      "Marketing templates only (others: 134100; other types: 131055). Meta's `product_policy` says what becomes of a message that " +
      'cannot go this way: `CLOUD_API_FALLBACK` (if you say nothing) or `STRICT`; `message_activity_sharing` is passed on. ' +
      'Room, consent, wallet, `send_at` and `Idempotency-Key` are those of `/messages`.',
  })
  @ApiParam(NUMBER)
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      example: {
        messaging_product: 'whatsapp',
        to: '+16505551234',
        type: 'template',
        template: { name: 'autumn_sale', language: { code: 'en_US' } },
        product_policy: 'CLOUD_API_FALLBACK',
      },
    },
  })
  @ApiOkResponse({ description: 'Accepted, as by `/messages`.', type: SentMessageResponse })
  @Post(':phoneNumberId/marketing_messages')
  @HttpCode(200)
  @KeepsItsKey()
  sendMarketing(@Req() call: FastifyRequest): Promise<SentMessage> {
    const { caller, phoneNumberId, body, once } = partsOf(call);
    return this.sendMessage.send(caller, phoneNumberId, readMarketingMessage(body), once);
  }
}
