import { Controller, Get, Param, Query, Req, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { loadConfig } from '#libs/config';
import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { ApiKeyGuard, type Caller, keyOf, reaches, requireReach, TenantCaller } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { unknownObject } from '../graph-envelope/refuse.js';
import { graphPage, project, readPage } from '../graph-list/graph-page.js';
import { DescribeMedia } from '../media/describe-media.js';
import { MediaResponse } from '../media/media.response.js';
import { OnPremisesClients } from '../on-premises/on-premises-clients.js';
import { GraphTemplateResponse } from '../templates/graph-template.response.js';
import { templateView } from '../templates/template-view.js';
import { numberView, wabaView } from './number-view.js';

const FIELDS = {
  name: 'fields',
  required: false,
  type: String,
  description: 'Names, comma-separated; all if absent',
  example: 'id,status',
} as const;

@ApiTags('Numbers (Cloud API)')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller()
export class NodesController {
  private readonly publicUrl = loadConfig(['PUBLIC_URL']).PUBLIC_URL;

  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly templates: Templates,
    private readonly media: DescribeMedia,
    private readonly clients: OnPremisesClients,
  ) {}

  /** The numbers of an account that the key reaches, in pages. */
  @ApiOperation({ summary: 'List the numbers of a WABA' })
  @ApiQuery({ name: 'limit', required: false, type: Number })
  @ApiQuery({ name: 'after', required: false, type: String, description: '`paging.cursors.after` of the page before' })
  @ApiQuery(FIELDS)
  @Get(':wabaId/phone_numbers')
  async phoneNumbers(
    @TenantCaller() caller: Caller,
    @Param('wabaId') metaWabaId: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<{ data: unknown[] }> {
    const { tenantId } = caller;
    const page = readPage(query);
    return this.db.inTenant(tenantId, async (tx) => {
      const waba = await this.wabas.waba(tx, tenantId, { metaWabaId });
      if (!waba) throw unknownObject(metaWabaId);
      const portfolio = (await this.wabas.portfolio(tx, tenantId, waba.portfolioId)) ?? undefined;
      const carried = await this.clients.carried(tx, tenantId);
      const { after, before, limit } = page;
      const all = (await this.wabas.phoneNumbers(tx, tenantId)).filter(
        (n) =>
          n.wabaId === waba.wabaId &&
          reaches(caller, n) &&
          (after ? n.phoneNumberId > after : before ? n.phoneNumberId < before : true),
      );
      return graphPage(before && !after ? all.slice(-limit - 1) : all.slice(0, limit + 1), page, {
        idOf: (number) => number.phoneNumberId,
        show: (number) => project(numberView(number, portfolio, carried.has(number.phoneNumberId)), query.fields),
        request,
        publicUrl: this.publicUrl,
        key: keyOf(request) ?? '',
      });
    });
  }

  /** What an id names: a phone number, a template, an account or a file of the caller. */
  @ApiOperation({
    summary: 'Show an object by its id',
    description: 'A phone number, a template, a WABA, or a file, whose `url` serves its bytes for five minutes.',
  })
  @ApiExtraModels(GraphTemplateResponse, MediaResponse)
  @ApiOkResponse({
    description: 'A number and an account have the fields of Graph that we keep',
    schema: {
      anyOf: [
        { $ref: getSchemaPath(GraphTemplateResponse) },
        { $ref: getSchemaPath(MediaResponse) },
        { type: 'object', additionalProperties: true },
      ],
    },
  })
  @ApiQuery(FIELDS)
  @Get(':id')
  async node(
    @TenantCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const { tenantId } = caller;
    const node = await this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: id });
      if (number) {
        const waba = await this.wabas.waba(tx, tenantId, { wabaId: number.wabaId });
        const portfolio = waba && (await this.wabas.portfolio(tx, tenantId, waba.portfolioId));
        const carried = (await this.clients.carried(tx, tenantId)).has(number.phoneNumberId);
        return project(numberView(number, portfolio ?? undefined, carried), query.fields);
      }
      const template = await this.templates.findByMetaId(tx, tenantId, id);
      if (template) {
        requireReach(caller, template);
        return project(templateView(template), query.fields);
      }
      const waba = await this.wabas.waba(tx, tenantId, { metaWabaId: id });
      return waba && project(wabaView(waba), query.fields);
    });
    // Outside the transaction, because Meta may have to be asked.
    return node ?? project({ ...(await this.media.describe(caller, id, query)) }, query.fields);
  }
}
