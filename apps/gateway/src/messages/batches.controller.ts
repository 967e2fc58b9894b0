import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { type Caller, TenantCaller, TenantOrApp } from '#libs/tenants';
import { BatchResponse } from './batch.response.js';
import { BATCH_SIZE, readBatch } from './read-batch.js';
import { SendBatch } from './send-batch.js';

@ApiTags('Messages')
@ApiBearerAuth()
@UseGuards(TenantOrApp('gateway'))
@Controller('api/v1/messages/batches')
export class BatchesController {
  constructor(
    private readonly sendBatch: SendBatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Sends many messages of one number; each is accepted or refused by itself. */
  @ApiOperation({
    summary: 'Send many messages at once',
    description:
      `1 to ${BATCH_SIZE} messages of one number, each as the Cloud API takes it, with \`send_at\` and \`id\` if you like. ` +
      'The `id` is a UUID of version 7, made when you send: it becomes the id of the message, so a call that was not ' +
      'answered is repeated as it was and sends nothing twice. The answer has an outcome for each message, in order; a ' +
      'refused one is not stored, and its `error` says whether and when trying again helps.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['phone_number_id', 'messages'],
      properties: {
        phone_number_id: { type: 'string', description: "Meta's id of the number that sends" },
        messages: {
          type: 'array',
          minItems: 1,
          maxItems: BATCH_SIZE,
          items: {
            type: 'object',
            additionalProperties: true,
            required: ['to'],
            properties: { id: { type: 'string', format: 'uuid' }, to: { type: 'string' } },
          },
        },
      },
      example: {
        phone_number_id: '106540352242922',
        messages: [
          {
            id: '019aa7b0-7c00-7000-8000-000000000001',
            to: '+16505551234',
            type: 'template',
            template: { name: 'order_update', language: { code: 'en_US' } },
            biz_opaque_callback_data: 'spring',
          },
        ],
      },
    },
  })
  @ApiOkResponse({ type: BatchResponse })
  @Post()
  @HttpCode(200)
  async send(@TenantCaller() caller: Caller, @Body() given: unknown): Promise<BatchResponse> {
    const { number, items } = readBatch(given, this.clock.now());
    return BatchResponse.of(await this.sendBatch.send(caller, number, items));
  }
}
