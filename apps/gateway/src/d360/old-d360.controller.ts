import type { Readable } from 'node:stream';
import { Body, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KeepsItsKey, type Once, OnceKey } from '#libs/idempotency';
import { type Caller, TenantCaller } from '#libs/tenants';
import { isRegistered } from '#libs/wabas';
import { refuse, unknownObject } from '../graph-envelope/refuse.js';
import { DescribeMedia } from '../media/describe-media.js';
import { ServeFile } from '../media/serve-file.js';
import { UploadMedia } from '../media/upload-media.js';
import { looksLikeNumber, recipientDigits } from '../messages/recipient.js';
import { ManageTemplates } from '../templates/manage-templates.js';
import { templateIn } from '../templates/template-request.js';
import type { ChosenNumber } from './choose-number.js';
import { Chosen, D360Api, EXAMPLES } from './d360-api.js';
import { type D360TemplatePage, ListTemplates } from './list-templates.js';
import { type D360Webhook, NumberWebhook } from './number-webhook.js';
import { META } from './old-answer.js';
import { RawFiles } from './raw-files.js';
import { fromOldMessage, SendThrough } from './send-through.js';

/** More at once would keep the process busy for seconds, and every other caller waiting. */
const MOST_CONTACTS = 10_000;

const FILE = { schema: { type: 'string', format: 'binary' } } as const;

/** 360dialog's old API, in the shape of the On-Premises one, and what 360dialog kept of it under `/v1/configs`. */
@D360Api('360dialog, old', 'v1')
export class OldD360Controller {
  constructor(
    private readonly through: SendThrough,
    private readonly upload: UploadMedia,
    private readonly media: DescribeMedia,
    private readonly serve: ServeFile,
    private readonly rawFiles: RawFiles,
    private readonly webhook: NumberWebhook,
    private readonly templates: ManageTemplates,
    private readonly listTemplates: ListTemplates,
  ) {}

  /** Sends a message of the old form: the Cloud API's without `messaging_product`. */
  @ApiOperation({ summary: 'Send a message' })
  @ApiBody({ schema: { example: EXAMPLES.message } })
  @Post('messages')
  @KeepsItsKey()
  async send(
    @TenantCaller() caller: Caller,
    @Chosen() chosen: ChosenNumber,
    @Body() body: unknown,
    @OnceKey() once?: Once,
  ) {
    const sent = await this.through.send(caller, chosen, fromOldMessage(body), once);
    if (!('messages' in sent)) return { ...sent, meta: META };
    return { messages: sent.messages.map(({ id }) => ({ id })), meta: META };
  }

  /** Marks a customer's message as read. */
  @ApiOperation({ summary: 'Mark a message as read' })
  @ApiBody({ schema: { example: { status: 'read' } } })
  @Put('messages/:messageId')
  async markRead(
    @TenantCaller() caller: Caller,
    @Chosen() chosen: ChosenNumber,
    @Param('messageId') messageId: string,
    @Body() body: unknown,
  ) {
    const { status } = (typeof body === 'object' && body !== null ? body : {}) as { status?: unknown };
    const receipt = { messaging_product: 'whatsapp', status: status ?? '', message_id: messageId };
    await this.through.send(caller, chosen, receipt, undefined);
    return { meta: META };
  }

  /**
   * Names the WhatsApp id of each number. Nobody is asked: since 2.43 the On-Premises API answered "valid" to every number
   * too, and whether somebody is there is known when a message fails.
   */
  @ApiOperation({ summary: 'Check contacts' })
  @ApiBody({ schema: { example: { blocking: 'wait', contacts: ['+16505551234'], force_check: false } } })
  @Post('contacts')
  @HttpCode(200)
  contacts(@Chosen() { number }: ChosenNumber, @Body() body: unknown) {
    const given = (body as { contacts?: unknown } | undefined)?.contacts;
    if (!Array.isArray(given)) throw refuse('missing_parameter', 'contacts: is required, a list of phone numbers.');
    if (given.length > MOST_CONTACTS) {
      throw refuse(
        'invalid_parameter',
        `contacts: has ${given.length} numbers; send at most ${MOST_CONTACTS} at once.`,
      );
    }
    const contacts = given.map((one) => {
      const input = String(one);
      return looksLikeNumber(input)
        ? { input, status: 'valid', wa_id: recipientDigits(input, number.displayPhoneNumber) }
        : { input, status: 'invalid' };
    });
    return { contacts, meta: META };
  }

  /** Uploads the file that is the body, of the type in Content-Type. */
  @ApiOperation({ summary: 'Upload a file' })
  @ApiConsumes('application/octet-stream')
  @ApiBody(FILE)
  @Post('media')
  @KeepsItsKey()
  async uploadFile(
    @TenantCaller() caller: Caller,
    @Chosen() chosen: ChosenNumber,
    @Req() request: FastifyRequest,
    @OnceKey() once?: Once,
  ) {
    const announced = [this.rawFiles.typeOf(request)];
    const { phoneNumberId } = await this.upload.numberOf(caller, chosen.number.metaPhoneNumberId);
    const bytes = await this.upload.receive(request.raw as Readable);
    const { mediaId } = await this.upload.keepOnce(once, caller.tenantId, phoneNumberId, {
      bytes,
      fileName: undefined,
      announced,
    });
    return { media: [{ id: mediaId }], meta: META };
  }

  /** The bytes of a file: an upload of the tenant's, or what a customer sent. */
  @ApiOperation({ summary: 'Download a file' })
  @Get('media/:mediaId')
  async file(
    @TenantCaller() { tenantId }: Caller,
    @Param('mediaId') mediaId: string,
    @Query() query: Record<string, unknown>,
    @Headers('range') rangeHeader: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.serve.send(await this.media.ofNumber(tenantId, mediaId, query), rangeHeader, reply);
  }

  /** Deletes a file. */
  @ApiOperation({ summary: 'Delete a file' })
  @Delete('media/:mediaId')
  async removeFile(
    @TenantCaller() caller: Caller,
    @Param('mediaId') mediaId: string,
    @Query() query: Record<string, unknown>,
  ) {
    await this.media.remove(caller, mediaId, query);
    return { meta: META };
  }

  /** Where events of the number are posted. */
  @ApiOperation({ summary: 'Show the webhook of the number' })
  @Get('configs/webhook')
  showWebhook(@Chosen() chosen: ChosenNumber): Promise<D360Webhook> {
    return this.webhook.show(chosen, 'number');
  }

  /** Sets it; posts are signed with the secret of `GET /api/v1/webhooks/secret`. An empty `url` takes it away. */
  @ApiOperation({ summary: 'Set the webhook of the number' })
  @ApiBody({ schema: { example: EXAMPLES.webhook } })
  @Post('configs/webhook')
  @HttpCode(200)
  setWebhook(@Chosen() chosen: ChosenNumber, @Body() body: unknown): Promise<D360Webhook> {
    return this.webhook.set(chosen, 'number', body);
  }

  /** The number that the key means. */
  @ApiOperation({ summary: 'Show the number' })
  @Get('configs/phone_number')
  phoneNumber(@Chosen() { number, waba }: ChosenNumber) {
    return {
      id: number.metaPhoneNumberId,
      phone_number: number.displayPhoneNumber.replace(/\D/g, ''),
      display_phone_number: number.displayPhoneNumber,
      verified_name: number.verifiedName,
      status: number.status,
      quality_rating: number.qualityRating,
      waba_id: waba.metaWabaId,
    };
  }

  /** The templates of the WABA, in 360dialog's form. */
  @ApiOperation({ summary: 'List templates' })
  @Get('configs/templates')
  list(@Chosen() chosen: ChosenNumber, @Query() query: Record<string, unknown>): Promise<D360TemplatePage> {
    return this.listTemplates.page(chosen, query);
  }

  /** One template by Meta's id, or all languages of a name, in the same form. */
  @ApiOperation({ summary: 'Show a template' })
  @Get('configs/templates/:name')
  async oneTemplate(@Chosen() chosen: ChosenNumber, @Param('name') name: string): Promise<D360TemplatePage> {
    for (const by of ['id', 'name']) {
      const page = await this.listTemplates.page(chosen, { filters: JSON.stringify({ [by]: name }) });
      if (page.total > 0) return page;
    }
    throw unknownObject(name);
  }

  /** Submits a template to Meta's review. */
  @ApiOperation({ summary: 'Create a template' })
  @ApiBody({ schema: { type: 'object', additionalProperties: true, example: EXAMPLES.template } })
  @Post('configs/templates')
  async create(@TenantCaller() caller: Caller, @Chosen() { waba }: ChosenNumber, @Body() body: unknown) {
    const asked = templateIn(body);
    const made = await this.templates.create(caller, waba.metaWabaId, asked);
    return {
      id: made.id,
      name: asked.name,
      namespace: null,
      language: asked.language,
      category: made.category,
      status: made.status.toLowerCase(),
      components: asked.components,
      rejected_reason: 'NONE',
    };
  }

  /** Deletes a template in all its languages. */
  @ApiOperation({ summary: 'Delete a template' })
  @Delete('configs/templates/:name')
  async removeTemplate(
    @TenantCaller() caller: Caller,
    @Chosen() { waba }: ChosenNumber,
    @Param('name') name: string,
  ): Promise<object> {
    await this.templates.remove(caller, waba.metaWabaId, { name });
    return { meta: { ...META, success: true, http_code: 200, developer_message: 'template deleted' } };
  }

  /** That the number is connected. */
  @ApiOperation({ summary: 'Health, as the old API tells it' })
  @Get('health')
  health(@Chosen() { number }: ChosenNumber) {
    return {
      health: { gateway_status: isRegistered(number.status) ? 'connected' : 'disconnected' },
      meta: META,
    };
  }
}
