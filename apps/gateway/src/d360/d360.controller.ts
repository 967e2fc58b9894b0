import { Body, Controller, Get, HttpCode, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { loadConfig } from '#libs/config';
import { KeepsItsKey, type Once, OnceKey } from '#libs/idempotency';
import { ApiKeyGuard, type Caller, keyOf, TenantCaller } from '#libs/tenants';
import { graphPage, project, readPage } from '../graph-list/graph-page.js';
import { UploadMedia } from '../media/upload-media.js';
import { AskMeta } from '../numbers/ask-meta.js';
import { ManageTemplates } from '../templates/manage-templates.js';
import { templateView } from '../templates/template-view.js';
import { ChooseNumber } from './choose-number.js';
import { type D360Webhook, NumberWebhook } from './number-webhook.js';
import { SendThrough } from './send-through.js';

/** 360dialog's API on the Cloud API: the same bodies, without a number in the path. */
@ApiTags('360dialog')
@ApiSecurity('D360-API-KEY')
@UseGuards(ApiKeyGuard)
@Controller()
export class D360Controller {
  private readonly publicUrl = loadConfig(['PUBLIC_URL']).PUBLIC_URL;

  constructor(
    private readonly choose: ChooseNumber,
    private readonly through: SendThrough,
    private readonly upload: UploadMedia,
    private readonly webhook: NumberWebhook,
    private readonly templates: ManageTemplates,
    private readonly meta: AskMeta,
  ) {}

  /** Sends a message, or marks one as read, as `/{phone-number-id}/messages` does. */
  @ApiOperation({ summary: 'Send a message' })
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      example: { messaging_product: 'whatsapp', to: '+16505551234', type: 'text', text: { body: 'Hello' } },
    },
  })
  @Post('messages')
  @HttpCode(200)
  @KeepsItsKey()
  async send(
    @TenantCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @OnceKey() once?: Once,
  ) {
    return this.through.send(caller, await this.choose.of(caller, request), body, once);
  }

  /** Uploads a file, as `/{phone-number-id}/media` does. */
  @ApiOperation({ summary: 'Upload a file' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
  @Post('media')
  @HttpCode(200)
  async uploadFile(
    @TenantCaller() caller: Caller,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<{ id: string }> {
    const chosen = await this.choose.of(caller, request);
    const { phoneNumberId } = await this.upload.numberOf(caller, chosen.number.metaPhoneNumberId);
    const { mediaId } = await this.upload.keepForm(caller.tenantId, phoneNumberId, request, query);
    return { id: mediaId };
  }

  /** Where events of all numbers of the WABA are posted, but of those with a webhook of their own. */
  @ApiOperation({ summary: 'Show the webhook of the WABA' })
  @Get('waba_webhook')
  async wabaWebhook(@TenantCaller() caller: Caller, @Req() request: FastifyRequest): Promise<D360Webhook> {
    return this.webhook.show(await this.choose.of(caller, request), 'waba');
  }

  /** Sets it; with `override_all` the webhooks of its numbers are taken away. */
  @ApiOperation({ summary: 'Set the webhook of the WABA' })
  @ApiBody({ schema: { example: { url: 'https://shop.example/hook', headers: {}, override_all: false } } })
  @Post('waba_webhook')
  @HttpCode(200)
  async setWabaWebhook(
    @TenantCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Body() body: unknown,
  ): Promise<D360Webhook> {
    return this.webhook.set(await this.choose.of(caller, request), 'waba', body);
  }

  /** The templates of the WABA, in Graph's pages. */
  @ApiOperation({ summary: 'List templates' })
  @Get('message_templates')
  async messageTemplates(
    @TenantCaller() caller: Caller,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<{ data: unknown[] }> {
    const { waba } = await this.choose.of(caller, request);
    const page = readPage(query);
    return graphPage(await this.templates.list(caller, waba.metaWabaId, query, page), page, {
      idOf: (template) => template.templateId,
      show: (template) => project(templateView(template), query.fields),
      request,
      publicUrl: this.publicUrl,
      key: keyOf(request) ?? '',
    });
  }

  /** Whether the number, its WABA, the business and our app can send, as Meta says. */
  @ApiOperation({ summary: 'Show what can send' })
  @Get('health_status')
  async healthStatus(@TenantCaller() caller: Caller, @Req() request: FastifyRequest): Promise<unknown> {
    const { number } = await this.choose.of(caller, request);
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
