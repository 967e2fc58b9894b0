import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { loadConfig } from '#libs/config';
import { ApiKeyGuard, type Caller, keyOf, TenantCaller } from '#libs/tenants';
import { SuccessResponse } from '../graph-envelope/success.response.js';
import { graphPage, project, readPage } from '../graph-list/graph-page.js';
import { AccountInPath } from './account-in-path.js';
import { EditTemplate } from './edit-template.js';
import { CreatedTemplateResponse, GraphTemplatesResponse } from './graph-template.response.js';
import { type CreatedTemplate, ManageTemplates } from './manage-templates.js';
import { deletedBy, templateIn } from './template-request.js';
import { templateView } from './template-view.js';

@ApiTags('Templates (Cloud API)')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller()
export class TemplatesController {
  private readonly publicUrl = loadConfig(['PUBLIC_URL']).PUBLIC_URL;

  constructor(
    private readonly manage: ManageTemplates,
    private readonly edits: EditTemplate,
    private readonly account: AccountInPath,
  ) {}

  /** Submits a template to Meta's review. */
  @ApiBody({ schema: { type: 'object', additionalProperties: true } })
  @ApiOperation({ summary: 'Create a template' })
  @ApiOkResponse({ type: CreatedTemplateResponse })
  @Post(':wabaId/message_templates')
  @HttpCode(200)
  async create(
    @TenantCaller() caller: Caller,
    @Param('wabaId') wabaId: string,
    @Body() body: unknown,
  ): Promise<CreatedTemplate> {
    return this.manage.create(caller, await this.account.of(caller.tenantId, wabaId), templateIn(body));
  }

  /** Replaces the components, the category or the time to live of a template; Meta reviews it again. */
  @ApiBody({ schema: { type: 'object', additionalProperties: true } })
  @ApiOperation({ summary: 'Edit a template' })
  @ApiOkResponse({ type: SuccessResponse })
  @Post(':templateId')
  @HttpCode(200)
  async edit(
    @TenantCaller() caller: Caller,
    @Param('templateId') templateId: string,
    @Body() body: unknown,
  ): Promise<{ success: true }> {
    await this.edits.edit(caller, templateId, templateIn(body));
    return { success: true };
  }

  /** Ends a pause that pacing began. */
  @ApiOperation({ summary: 'Unpause a template' })
  @ApiOkResponse({ type: SuccessResponse })
  @Post(':templateId/unpause')
  @HttpCode(200)
  unpause(@TenantCaller() caller: Caller, @Param('templateId') templateId: string): Promise<{ success: boolean }> {
    return this.edits.unpause(caller, templateId);
  }

  /** Lists the account's templates, in pages. */
  @ApiOperation({ summary: 'List templates' })
  @ApiOkResponse({ type: GraphTemplatesResponse })
  @Get(':wabaId/message_templates')
  async list(
    @TenantCaller() caller: Caller,
    @Param('wabaId') wabaId: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<{ data: unknown[] }> {
    const page = readPage(query);
    const account = await this.account.of(caller.tenantId, wabaId);
    return graphPage(await this.manage.list(caller, account, query, page), page, {
      idOf: (template) => template.templateId,
      show: (template) => project(templateView(template), query.fields),
      request,
      publicUrl: this.publicUrl,
      key: keyOf(request) ?? '',
    });
  }

  /** Deletes all languages of a name, or one template with `hsm_id`. */
  @ApiOperation({ summary: 'Delete a template' })
  @ApiOkResponse({ type: SuccessResponse })
  @Delete(':wabaId/message_templates')
  async remove(
    @TenantCaller() caller: Caller,
    @Param('wabaId') wabaId: string,
    @Query() query: Record<string, unknown>,
  ): Promise<{ success: true }> {
    return this.manage.remove(caller, await this.account.of(caller.tenantId, wabaId), deletedBy(query));
  }
}
