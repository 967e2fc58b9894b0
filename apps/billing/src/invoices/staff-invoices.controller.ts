import { Body, Controller, Get, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsObject, IsOptional, IsString, Length, Matches, MaxLength, ValidateNested } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { PAGE_SIZE, type Page, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { LOGGER } from '#libs/observability';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { type AdjustmentResponse, bookedOrWaiting, WAITS } from '../adjustments/adjustment.response.js';
import { MakeAdjustments } from '../adjustments/make-adjustments.js';
import { daysOfMonth, mustBeDay } from '../local-days.js';
import { ExistingTenant } from '../staff/existing-tenant.js';
import { StaffAudit } from '../staff/staff-audit.js';
import { IssuedInvoiceResponse, IssuedInvoicesResponse } from './invoice.response.js';
import { InvoiceDrafts } from './invoice-drafts.js';
import { IssueInvoices } from './issue-invoices.js';
import { showIssued } from './issued-invoices.controller.js';
import { LegalEntities, type LegalEntity } from './legal-entities.js';
import {
  DraftPageResponse,
  type DraftResponse,
  LegalEntitiesResponse,
  LegalEntityResponse,
  RunResponse,
  showDraft,
  showLegalEntity,
} from './staff-invoice.response.js';

const COUNTRY = 'country must be a code of two capital letters, such as ES';
const PREFIX = 'letters, digits or _ / . -';

class TaxRequest {
  @ApiProperty({ example: 'ES' }) @Matches(/^[A-Z]{2}$/, { message: COUNTRY }) country: string;
  @ApiProperty({ example: 'IVA' }) @IsString() @Length(1, 20) name: string;
  @ApiProperty({ example: '21' })
  @Matches(/^\d{1,2}(\.\d{1,3})?$/, { message: 'pct must be a percentage such as 21 or 10.5' })
  pct: string;
  @ApiProperty({ example: '2012-09-01' })
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'from must be YYYY-MM-DD' })
  from: string;
}
class LegalEntityRequest extends ReasonRequest {
  @ApiProperty() @IsString() @Length(1, 200) name: string;
  @ApiProperty() @IsString() @Length(1, 500) address: string;
  @ApiProperty({ example: 'ES' }) @Matches(/^[A-Z]{2}$/, { message: COUNTRY }) country: string;
  @ApiProperty() @IsString() @Length(1, 50) tax_id: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(200) contact?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(500) payment_details?: string;
  @ApiProperty({ type: [TaxRequest], description: 'Of each country in which it charges tax' })
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => TaxRequest)
  taxes: TaxRequest[];
  @ApiProperty({ example: 'PAL-' })
  @Matches(/^[\w/.-]{0,20}$/, { message: `invoice_prefix must be up to 20 ${PREFIX}` })
  invoice_prefix: string;
  @ApiProperty({ example: 'PAL-C-' })
  @Matches(/^[\w/.-]{1,20}$/, { message: `credit_prefix must be 1 to 20 ${PREFIX}` })
  credit_prefix: string;
}
class IssueRequest extends ReasonRequest {
  @ApiProperty({ example: '2026-11' })
  @Matches(/^\d{4}-(0[1-9]|1[0-2])$/, { message: 'month must be YYYY-MM' })
  month: string;
}
class CreditRequest extends ReasonRequest {
  @ApiPropertyOptional({ example: '12.50', description: 'Before tax; left out: all that is not credited yet' })
  @IsOptional()
  @Matches(/^\d{1,12}(\.\d{1,3})?$/, { message: 'net must be a decimal string' })
  net?: string;
}

@ApiTags('staff: invoices')
@ApiBearerAuth()
@Controller('admin/v1')
export class StaffInvoicesController {
  constructor(
    private readonly db: Database,
    private readonly entities: LegalEntities,
    private readonly issueInvoices: IssueInvoices,
    private readonly adjustments: MakeAdjustments,
    private readonly drafts: InvoiceDrafts,
    private readonly audit: StaffAudit,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('legal-entities')
  @Needs('billing.read')
  @ApiOperation({ summary: 'Who issues invoices' })
  @ApiOkResponse({ type: LegalEntitiesResponse })
  async list(): Promise<LegalEntitiesResponse> {
    return { data: (await this.entities.list()).map(showLegalEntity) };
  }

  @Put('legal-entities/:entity')
  @Needs('invoices.issue')
  @ApiOperation({ summary: 'Add or change who issues invoices' })
  @ApiOkResponse({ type: LegalEntityResponse })
  async save(
    @Staff() staff: StaffCaller,
    @Param('entity') entity: string,
    @Body() r: LegalEntityRequest,
  ): Promise<LegalEntityResponse> {
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(entity)) {
      throw Refusal.invalid('An entity is named by 1 to 40 small letters, digits or underscores.');
    }
    if (r.invoice_prefix === r.credit_prefix) throw Refusal.invalid('credit_prefix: must differ from invoice_prefix.');
    for (const tax of r.taxes) mustBeDay(tax.from, 'taxes.from');
    const saved: LegalEntity = {
      entity,
      name: r.name,
      address: r.address,
      country: r.country,
      taxId: r.tax_id,
      contact: r.contact ?? '',
      paymentDetails: r.payment_details ?? '',
      taxes: r.taxes.map(({ country, name, pct, from }) => ({ country, name, pct, from })),
      invoicePrefix: r.invoice_prefix,
      creditPrefix: r.credit_prefix,
    };
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const before = await this.entities.find(tx, entity);
      await this.entities.save(tx, saved);
      const change = { ...(before ? { before } : {}), after: saved };
      const object = `legal-entity:${entity}`;
      await this.audit.record(staff, { action: 'legal-entity.save', object, ...change, reason: r.reason }, tx);
      return showLegalEntity(saved);
    });
  }

  /** Months that are over and what they come to; the worker makes them, and looks at them again until they are issued. */
  @Get('invoice-drafts/:month')
  @Needs('billing.read')
  @ApiOperation({ summary: 'What the tenants are to be invoiced for a month' })
  @ApiOkResponse({ type: DraftPageResponse })
  async listDrafts(@Param('month') month: string, @Query() { cursor }: PageRequest): Promise<Page<DraftResponse>> {
    if (!daysOfMonth(month)) throw Refusal.invalid('the month must be YYYY-MM');
    const rows = await this.drafts.ofMonth(month, { after: cursor, limit: PAGE_SIZE + 1 });
    return pageOf(rows, (draft) => draft.tenantId, showDraft);
  }

  /** Issues what is to be paid for a month, in each currency, and closes the month. */
  @Post('tenants/:tenantId/invoices')
  @Needs('invoices.issue')
  @ApiOperation({ summary: 'Issue the invoices of a month' })
  @ApiCreatedResponse({ type: IssuedInvoicesResponse })
  async issue(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { month, reason }: IssueRequest,
  ): Promise<{ data: IssuedInvoiceResponse[] }> {
    return { data: await this.issueFor(staff, tenantId, month, reason) };
  }

  /** The same for every tenant that has a billing profile; who cannot be billed yet is named with the reason. */
  @Post('invoice-runs')
  @Needs('invoices.issue')
  @ApiOperation({ summary: 'Issue the invoices of a month for all tenants' })
  @ApiCreatedResponse({ type: RunResponse })
  async run(@Staff() staff: StaffCaller, @Body() { month, reason }: IssueRequest): Promise<RunResponse> {
    const run: RunResponse = { issued: [], not_issued: [] };
    const tenants = await this.db.query<{ id: string }>('SELECT door_tenants_to_invoice() AS id');
    for (const { id } of tenants) {
      try {
        run.issued.push({ tenant_id: id, invoices: await this.issueFor(staff, id, month, reason) });
      } catch (error) {
        // One tenant's trouble keeps no other from its invoices.
        if (!(error instanceof Refusal))
          this.logger.error({ err: error, tenantId: id, month }, 'a month was not issued');
        run.not_issued.push({
          tenant_id: id,
          why: error instanceof Refusal ? error.details : 'An error; see the log.',
        });
      }
    }
    return run;
  }

  /** The same net is credited once for the same reason, so a call whose answer was lost may be repeated: 409 then. */
  @Post('tenants/:tenantId/invoices/:invoiceId/credit-notes')
  @Needs('invoices.issue')
  @ApiOperation({ summary: 'Credit an invoice, in whole or in part' })
  @ApiCreatedResponse({ type: IssuedInvoiceResponse })
  @ApiAcceptedResponse(WAITS)
  async credit(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Param('invoiceId', UuidPipe) invoiceId: string,
    @Body() { net, reason }: CreditRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedInvoiceResponse | AdjustmentResponse> {
    const request = { kind: 'credit_note' as const, invoiceId, net };
    return bookedOrWaiting(reply, await this.adjustments.ask(staff, tenantId, request, reason));
  }

  private async issueFor(
    staff: StaffCaller,
    tenantId: string,
    month: string,
    reason: string,
  ): Promise<IssuedInvoiceResponse[]> {
    const object = `month:${month}`;
    const issued = await this.issueInvoices.issue(tenantId, month, staff.email, (tx, made) => {
      const after = made.map(showIssued);
      return this.audit.record(staff, { action: 'invoice.issue', object, tenantId, after, reason }, tx);
    });
    return issued.map(showIssued);
  }
}
