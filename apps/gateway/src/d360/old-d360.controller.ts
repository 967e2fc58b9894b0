import type { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KeepsItsKey, type Once, OnceKey } from '#libs/idempotency';
import { ApiKeyGuard, type Caller, TenantCaller } from '#libs/tenants';
import { refuse } from '../graph-envelope/refuse.js';
import { DescribeMedia } from '../media/describe-media.js';
import { ServeFile } from '../media/serve-file.js';
import { UploadMedia } from '../media/upload-media.js';
import { looksLikeNumber, recipientDigits } from '../messages/recipient.js';
import { ManageTemplates } from '../templates/manage-templates.js';
import { ChooseNumber } from './choose-number.js';
import { type D360TemplatePage, ListTemplates } from './list-templates.js';
import { type D360Webhook, NumberWebhook } from './number-webhook.js';
import { META } from './old-answer.js';
import { RawFiles } from './raw-files.js';
import { fromOldMessage, SendThrough } from './send-through.js';

const FILE = { schema: { type: 'string', format: 'binary' } } as const;

/** 360dialog's old API, in the shape of the On-Premises one, and what 360dialog kept of it under `/v1/configs`. */
@ApiTags('360dialog, old')
@ApiSecurity('D360-API-KEY')
@UseGuards(ApiKeyGuard)
@Controller('v1')
export class OldD360Controller {
  constructor(
    private readonly choose: ChooseNumber,
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
  @ApiBody({ schema: { example: { to: '16505551234', type: 'text', text: { body: 'Hello' } } } })
  @Post('messages')
  @KeepsItsKey()
  async send(
    @TenantCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @OnceKey() once?: Once,
  ) {
    const sent = await this.through.send(caller, await this.choose.of(caller, request), fromOldMessage(body), once);
    if (!('messages' in sent)) return { ...sent, meta: META };
    return { messages: sent.messages.map(({ id }) => ({ id })), meta: META };
  }

  /**
   * Names the WhatsApp id of each number. Nobody is asked: since 2.43 the On-Premises API answered "valid" to every number
   * too, and whether somebody is there is known when a message fails.
   */
  @ApiOperation({ summary: 'Check contacts' })
  @ApiBody({ schema: { example: { blocking: 'wait', contacts: ['+16505551234'], force_check: false } } })
  @Post('contacts')
  @HttpCode(200)
  async contacts(@TenantCaller() caller: Caller, @Req() request: FastifyRequest, @Body() body: unknown) {
    const { number } = await this.choose.of(caller, request);
    const given = (body as { contacts?: unknown } | undefined)?.contacts;
    if (!Array.isArray(given)) throw refuse('missing_parameter', 'contacts: is required, a list of phone numbers.');
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
  async uploadFile(@TenantCaller() caller: Caller, @Req() request: FastifyRequest, @OnceKey() once?: Once) {
    const announced = [this.rawFiles.typeOf(request)];
    const chosen = await this.choose.of(caller, request);
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
  async showWebhook(@TenantCaller() caller: Caller, @Req() request: FastifyRequest): Promise<D360Webhook> {
    return this.webhook.show(await this.choose.of(caller, request), 'number');
  }

  /** Sets it; posts are signed with the secret of `GET /api/v1/webhooks/secret`. An empty `url` takes it away. */
  @ApiOperation({ summary: 'Set the webhook of the number' })
  @ApiBody({ schema: { example: { url: 'https://shop.example/hook', headers: { Authorization: 'Bearer secret' } } } })
  @Post('configs/webhook')
  @HttpCode(200)
  async setWebhook(
    @TenantCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Body() body: unknown,
  ): Promise<D360Webhook> {
    return this.webhook.set(await this.choose.of(caller, request), 'number', body);
  }

  /** The templates of the WABA, in 360dialog's form. */
  @ApiOperation({ summary: 'List templates' })
  @Get('configs/templates')
  async list(
    @TenantCaller() caller: Caller,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<D360TemplatePage> {
    return this.listTemplates.page(await this.choose.of(caller, request), query);
  }

  /** Submits a template to Meta's review. */
  @ApiOperation({ summary: 'Create a template' })
  @ApiBody({ schema: { type: 'object', additionalProperties: true } })
  @Post('configs/templates')
  async create(@TenantCaller() caller: Caller, @Req() request: FastifyRequest, @Body() body: unknown) {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw refuse('invalid_parameter', 'The body must be a JSON object that describes a template.');
    }
    const { waba } = await this.choose.of(caller, request);
    const asked = body as Record<string, unknown>;
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
    @Param('name') name: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { waba } = await this.choose.of(caller, request);
    await this.templates.remove(caller, waba.metaWabaId, { name });
    return { meta: { ...META, success: true, http_code: 200, developer_message: 'template deleted' } };
  }

  /** That the number is connected. */
  @ApiOperation({ summary: 'Health, as the old API tells it' })
  @Get('health')
  async health(@TenantCaller() caller: Caller, @Req() request: FastifyRequest) {
    const { number } = await this.choose.of(caller, request);
    return {
      health: { gateway_status: number.status === 'CONNECTED' ? 'connected' : 'disconnected' },
      meta: META,
    };
  }
}
