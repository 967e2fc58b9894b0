import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { type Page, Refusal } from '#libs/http';
import { checkTemplate, type GrammarProblem, templateLimitsAt } from '#libs/template-state';
import type { Template } from '#libs/templates';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { refuse } from '../graph-envelope/refuse.js';
import { type CarriedTemplates, CarryTemplates } from './carry-templates.js';
import { EditTemplate } from './edit-template.js';
import { READY_TEMPLATES, type ReadyTemplate } from './library/ready-templates.js';
import { SubmitReadyTemplates, type SubmittedLanguage } from './library/submit-ready-templates.js';
import { ManageTemplates } from './manage-templates.js';
import { ReadTemplates } from './read-templates.js';
import {
  CarryTemplatesRequest,
  DeleteTemplatesRequest,
  ListTemplatesRequest,
  SubmitReadyRequest,
  WabaRequest,
} from './template.request.js';
import { TemplateHistoryResponse, TemplateResponse, TemplateSyncResponse } from './template.response.js';
import {
  CarriedTemplatesResponse,
  ReadyTemplatesResponse,
  SubmittedLanguagesResponse,
  TemplateProblemsResponse,
  TemplateSyncsResponse,
  TemplatesPageResponse,
} from './template-answers.response.js';
import { templateIn } from './template-request.js';

const BODY = {
  schema: {
    type: 'object',
    additionalProperties: true,
    example: {
      name: 'order_update',
      language: 'en_US',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hi {{1}}, it is on its way.', example: { body_text: [['Ada']] } }],
    },
  },
} as const;

@ApiTags('Templates')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/templates')
export class NativeTemplatesController {
  constructor(
    private readonly read: ReadTemplates,
    private readonly manage: ManageTemplates,
    private readonly edits: EditTemplate,
    private readonly ready: SubmitReadyTemplates,
    private readonly carrier: CarryTemplates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Templates of all accounts, the newest first. */
  @ApiOperation({ summary: 'List templates' })
  @ApiOkResponse({ type: TemplatesPageResponse })
  @Get()
  list(@TenantCaller() { tenantId }: Caller, @Query() query: ListTemplatesRequest): Promise<Page<TemplateResponse>> {
    return this.read.list(tenantId, query);
  }

  /** Of each account: when its templates were last compared with Meta's list, what differed, and the last error. */
  @ApiOperation({ summary: 'Show how fresh templates are' })
  @ApiOkResponse({ type: TemplateSyncsResponse })
  @Get('sync')
  async syncs(@TenantCaller() caller: Caller): Promise<{ data: TemplateSyncResponse[] }> {
    return { data: await this.read.syncsOf(caller) };
  }

  /** Compares templates with Meta's list now; what differs is in their history and in your webhooks. */
  @ApiOperation({ summary: "Compare with Meta's list now" })
  @ApiAcceptedResponse({ type: TemplateSyncsResponse })
  @Post('sync')
  @HttpCode(202)
  async sync(@TenantCaller() caller: Caller, @Body() wish: WabaRequest): Promise<{ data: TemplateSyncResponse[] }> {
    return { data: await this.read.sync(caller, wish.waba_id) };
  }

  /** Has Meta copy approved templates to another account of the same business, as when a number moves there. */
  @ApiOperation({ summary: 'Carry templates over to another account' })
  @ApiOkResponse({ type: CarriedTemplatesResponse })
  @Post('carry')
  @HttpCode(200)
  carry(@TenantCaller() caller: Caller, @Body() wish: CarryTemplatesRequest): Promise<CarriedTemplates> {
    return this.carrier.carry(caller, wish.from_waba_id, wish.to_waba_id);
  }

  /** Ready templates for shops, in Spanish, Portuguese and English. */
  @ApiOperation({ summary: 'List ready templates' })
  @ApiOkResponse({ type: ReadyTemplatesResponse })
  @Get('library')
  library(): { data: readonly ReadyTemplate[] } {
    return { data: READY_TEMPLATES };
  }

  /** Submits a ready template to Meta's review, in some or all of its languages. */
  @ApiOperation({ summary: 'Submit a ready template' })
  @ApiCreatedResponse({ type: SubmittedLanguagesResponse })
  @Post('library/:key')
  async submitReady(
    @TenantCaller() caller: Caller,
    @Param('key') key: string,
    @Body() wish: SubmitReadyRequest,
  ): Promise<{ data: SubmittedLanguage[] }> {
    const { waba_id: wabaId, ...rest } = wish;
    const { metaWabaId } = await this.read.chosen(caller.tenantId, wabaId);
    return { data: await this.ready.submit(caller, metaWabaId, key, rest) };
  }

  /** Checks a template as a submission would, and submits nothing. */
  @ApiBody(BODY)
  @ApiOperation({ summary: 'Check a template' })
  @ApiOkResponse({ type: TemplateProblemsResponse })
  @Post('check')
  @HttpCode(200)
  check(@Body() given: unknown): { problems: Pick<GrammarProblem, 'code' | 'at' | 'says'>[] } {
    const { waba_id: _, ...template } = templateIn(given);
    const limits = templateLimitsAt(this.clock.now().toISOString().slice(0, 10));
    return { problems: checkTemplate(template, limits).map(({ code, at, says }) => ({ code, at, says })) };
  }

  /** One template with its history; `id` is ours or Meta's. */
  @ApiOperation({ summary: 'Show a template and its history' })
  @ApiOkResponse({ type: TemplateHistoryResponse })
  @Get(':id')
  one(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<TemplateHistoryResponse> {
    return this.read.one(caller, id);
  }

  /** Submits a template to Meta's review: Graph's body, with the account in `waba_id` if there are several. */
  @ApiBody(BODY)
  @ApiOperation({ summary: 'Create a template' })
  @ApiCreatedResponse({ type: TemplateHistoryResponse })
  @Post()
  async create(@TenantCaller() caller: Caller, @Body() given: unknown): Promise<TemplateHistoryResponse> {
    const { waba_id: wabaId, ...template } = templateIn(given);
    if (wabaId !== undefined && typeof wabaId !== 'string') {
      throw refuse('invalid_parameter', "waba_id: must be Meta's id of an account, as text.");
    }
    const { metaWabaId } = await this.read.chosen(caller.tenantId, wabaId);
    const { id } = await this.manage.create(caller, metaWabaId, template);
    return this.read.one(caller, String(id));
  }

  /** Replaces the components, the category or the time to live; Meta reviews the template again. */
  @ApiBody({ schema: { type: 'object', additionalProperties: true } })
  @ApiOperation({ summary: 'Edit a template' })
  @ApiOkResponse({ type: TemplateHistoryResponse })
  @Patch(':id')
  async edit(
    @TenantCaller() caller: Caller,
    @Param('id') id: string,
    @Body() given: unknown,
  ): Promise<TemplateHistoryResponse> {
    const template = await this.atMeta(caller, id);
    await this.edits.edit(caller, template.metaTemplateId, templateIn(given));
    return this.read.one(caller, template.templateId);
  }

  /** Ends a pause that pacing began. */
  @ApiOperation({ summary: 'Unpause a template' })
  @ApiOkResponse({ type: TemplateHistoryResponse })
  @Post(':id/unpause')
  @HttpCode(200)
  async unpause(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<TemplateHistoryResponse> {
    const template = await this.atMeta(caller, id);
    await this.edits.unpause(caller, template.metaTemplateId);
    return this.read.one(caller, template.templateId);
  }

  /** Deletes all languages of a name. */
  @ApiOperation({ summary: 'Delete a template in all languages' })
  @ApiNoContentResponse()
  @Delete()
  @HttpCode(204)
  async removeNamed(@TenantCaller() caller: Caller, @Query() query: DeleteTemplatesRequest): Promise<void> {
    const { metaWabaId } = await this.read.chosen(caller.tenantId, query.waba_id);
    await this.manage.remove(caller, metaWabaId, { name: query.name });
  }

  /** Deletes one language of a template; its history can still be read. */
  @ApiOperation({ summary: 'Delete a template' })
  @ApiNoContentResponse()
  @Delete(':id')
  @HttpCode(204)
  async remove(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    const template = await this.atMeta(caller, id);
    const { waba_id: metaWabaId } = await this.read.one(caller, template.templateId);
    await this.manage.remove(caller, metaWabaId, { name: template.name, hsm_id: template.metaTemplateId });
  }

  private async atMeta(caller: Caller, id: string): Promise<Template & { metaTemplateId: string }> {
    const template = await this.read.find(caller, id);
    const { metaTemplateId, status } = template;
    if (metaTemplateId === null || status === 'deleted') throw Refusal.notFound('template');
    return { ...template, metaTemplateId };
  }
}
