import { Body, Controller, Delete, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { loadConfig } from '#libs/config';
import { KeepsItsKey, type Once, OnceKey } from '#libs/idempotency';
import { type Caller, keyOf, TenantCaller } from '#libs/tenants';
import { graphPage, project, readPage } from '../graph-list/graph-page.js';
import { UploadMedia } from '../media/upload-media.js';
import { SentMessageResponse } from '../messages/sent-message.response.js';
import { AskMeta } from '../numbers/ask-meta.js';
import { type CreatedTemplate, ManageTemplates } from '../templates/manage-templates.js';
import { deletedBy, templateIn } from '../templates/template-request.js';
import { templateView } from '../templates/template-view.js';
import type { ChosenNumber } from './choose-number.js';
import { CopyWebhooks, type MultiWebhook } from './copy-webhooks.js';
import { Chosen, D360Api, EXAMPLES } from './d360-api.js';
import { type D360Webhook, NumberWebhook } from './number-webhook.js';
import { SendThrough } from './send-through.js';

/** 360dialog's API on the Cloud API: the same bodies, without a number in the path. */
@D360Api('360dialog')
export class D360Controller {
  private readonly publicUrl = loadConfig(['PUBLIC_URL']).PUBLIC_URL;

  constructor(
    private readonly through: SendThrough,
    private readonly upload: UploadMedia,
    private readonly webhook: NumberWebhook,
    private readonly copies: CopyWebhooks,
    private readonly templates: ManageTemplates,
    private readonly meta: AskMeta,
  ) {}

  /** Sends a message, or marks one as read, as `/{phone-number-id}/messages` does. */
  @ApiOperation({ summary: 'Send a message' })
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      example: { messaging_product: 'whatsapp', ...EXAMPLES.message },
    },
  })
  @ApiOkResponse({ type: SentMessageResponse })
  @Post('messages')
  @HttpCode(200)
  @KeepsItsKey()
  send(
    @TenantCaller() caller: Caller,
    @Chosen() chosen: ChosenNumber,
    @Body() body: unknown,
    @OnceKey() once?: Once,
  ): Promise<unknown> {
    return this.through.send(caller, chosen, body, once);
  }

  /** Sends a marketing template, as `/{phone-number-id}/marketing_messages` does. */
  @ApiOperation({ summary: 'Send a marketing message' })
  @ApiBody({ schema: { type: 'object', additionalProperties: true } })
  @ApiOkResponse({ type: SentMessageResponse })
  @Post('marketing_messages')
  @HttpCode(200)
  @KeepsItsKey()
  sendMarketing(
    @TenantCaller() caller: Caller,
    @Chosen() chosen: ChosenNumber,
    @Body() body: unknown,
    @OnceKey() once?: Once,
  ): Promise<unknown> {
    return this.through.sendMarketing(caller, chosen, body, once);
  }

  /** Uploads a file, as `/{phone-number-id}/media` does. */
  @ApiOperation({ summary: 'Upload a file' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
  @Post('media')
  @HttpCode(200)
  async uploadFile(
    @TenantCaller() caller: Caller,
    @Chosen() chosen: ChosenNumber,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<{ id: string }> {
    const { phoneNumberId } = await this.upload.numberOf(caller, chosen.number.metaPhoneNumberId);
    const { mediaId } = await this.upload.keepForm(caller.tenantId, phoneNumberId, request, query);
    return { id: mediaId };
  }

  /** Where events of all numbers of the WABA are posted, but of those with a webhook of their own. */
  @ApiOperation({ summary: 'Show the webhook of the WABA' })
  @Get('waba_webhook')
  wabaWebhook(@Chosen() chosen: ChosenNumber): Promise<D360Webhook> {
    return this.webhook.show(chosen, 'waba');
  }

  /** Sets it; with `override_all` the webhooks of its numbers are taken away. */
  @ApiOperation({ summary: 'Set the webhook of the WABA' })
  @ApiBody({ schema: { example: { ...EXAMPLES.webhook, override_all: false } } })
  @Post('waba_webhook')
  @HttpCode(200)
  setWabaWebhook(@Chosen() chosen: ChosenNumber, @Body() body: unknown): Promise<D360Webhook> {
    return this.webhook.set(chosen, 'waba', body);
  }

  /** Up to three more addresses to which the events of the number are posted. */
  @ApiOperation({ summary: 'Show the further webhooks of the number' })
  @Get('multi_webhook')
  multiWebhook(@Chosen() chosen: ChosenNumber): Promise<MultiWebhook> {
    return this.copies.show(chosen);
  }

  /** Replaces them. Each is posted to for itself, with retries of its own. */
  @ApiOperation({ summary: 'Set the further webhooks of the number' })
  @ApiBody({ schema: { example: { enabled: true, destinations: [EXAMPLES.webhook] } } })
  @Post('multi_webhook')
  @HttpCode(200)
  setMultiWebhook(@Chosen() chosen: ChosenNumber, @Body() body: unknown): Promise<MultiWebhook> {
    return this.copies.set(chosen, body);
  }

  /** The templates of the WABA, in Graph's pages. */
  @ApiOperation({ summary: 'List templates' })
  @Get('message_templates')
  async messageTemplates(
    @TenantCaller() caller: Caller,
    @Chosen() { waba }: ChosenNumber,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<{ data: unknown[] }> {
    const page = readPage(query);
    return graphPage(await this.templates.list(caller, waba.metaWabaId, query, page), page, {
      idOf: (template) => template.templateId,
      show: (template) => project(templateView(template), query.fields),
      request,
      publicUrl: this.publicUrl,
      key: keyOf(request) ?? '',
    });
  }

  /** Submits a template to Meta's review. */
  @ApiOperation({ summary: 'Create a template' })
  @ApiBody({ schema: { type: 'object', additionalProperties: true, example: EXAMPLES.template } })
  @Post('message_templates')
  @HttpCode(200)
  createTemplate(
    @TenantCaller() caller: Caller,
    @Chosen() { waba }: ChosenNumber,
    @Body() body: unknown,
  ): Promise<CreatedTemplate> {
    return this.templates.create(caller, waba.metaWabaId, templateIn(body));
  }

  /** Deletes all languages of a name, or one template with `hsm_id`. */
  @ApiOperation({ summary: 'Delete a template' })
  @Delete('message_templates')
  deleteTemplate(
    @TenantCaller() caller: Caller,
    @Chosen() { waba }: ChosenNumber,
    @Query() query: Record<string, unknown>,
  ): Promise<{ success: true }> {
    return this.templates.remove(caller, waba.metaWabaId, deletedBy(query));
  }

  /** Whether the number, its WABA, the business and our app can send, as Meta says. */
  @ApiOperation({ summary: 'Show what can send' })
  @Get('health_status')
  async healthStatus(@TenantCaller() caller: Caller, @Chosen() { number }: ChosenNumber): Promise<unknown> {
    const reached = await this.meta.reach(caller, number.metaPhoneNumberId);
    return this.meta.call(reached, { method: 'GET', edge: '', query: { fields: 'health_status' } });
  }
}

/** What is answered to anybody. */
@ApiTags('360dialog')
@Controller()
export class D360HealthController {
  /** That there is somebody. */
  @ApiOperation({ summary: 'Liveness, without a key' })
  @Get('health')
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }
}
