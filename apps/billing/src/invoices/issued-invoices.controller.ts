import { Controller, Get, Header, Param, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, type Page, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { formatDecimal } from '#libs/money';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { InvoiceDocumentResponse, IssuedInvoicePageResponse, IssuedInvoiceResponse } from './invoice.response.js';
import type { InvoiceDocument } from './invoice-document.js';
import { Invoices, type IssuedInvoice } from './invoices.js';
import { renderCsv } from './render-csv.js';
import { renderJson } from './render-json.js';
import { renderPdf } from './render-pdf.js';
import { dueOf } from './what-is-due.js';

export const showIssued = ({ invoiceId, header, digest, credits }: IssuedInvoice): IssuedInvoiceResponse => ({
  id: invoiceId,
  kind: header.kind,
  number: header.number,
  month: header.month,
  issued_on: header.issuedOn,
  currency: header.currency,
  net: header.net,
  tax: header.tax,
  total: header.total,
  due: formatDecimal(dueOf(header)),
  digest,
  credits,
});

@ApiTags('invoices')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/issued-invoices')
export class IssuedInvoicesController {
  constructor(
    private readonly db: Database,
    private readonly invoices: Invoices,
  ) {}

  /** Invoices and credit notes, newest first. */
  @Get()
  @ApiOperation({ summary: 'Issued invoices' })
  @ApiOkResponse({ type: IssuedInvoicePageResponse })
  async list(
    @TenantCaller() { tenantId }: Caller,
    @Query() { cursor }: PageRequest,
  ): Promise<Page<IssuedInvoiceResponse>> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.invoices.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.invoiceId, showIssued);
  }

  /** The whole document; each line of messages opens into its charges at `charges_url`. */
  @Get(':id')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiOperation({ summary: 'An issued invoice' })
  @ApiOkResponse({ type: InvoiceDocumentResponse })
  async json(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<StreamableFile> {
    return new StreamableFile(Buffer.from(renderJson(await this.document(tenantId, id))), {
      type: 'application/json; charset=utf-8',
    });
  }

  @Get(':id/csv')
  @ApiProduces('text/csv')
  @ApiOperation({ summary: 'An issued invoice as a table' })
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async csv(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<StreamableFile> {
    const document = await this.document(tenantId, id);
    return fileOf(Buffer.from(renderCsv(document)), 'text/csv; charset=utf-8', document, 'csv');
  }

  @Get(':id/pdf')
  @ApiProduces('application/pdf')
  @ApiOperation({ summary: 'An issued invoice on paper' })
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async pdf(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<StreamableFile> {
    const document = await this.document(tenantId, id);
    return fileOf(await renderPdf(document), 'application/pdf', document, 'pdf');
  }

  private document(tenantId: string, id: string): Promise<InvoiceDocument> {
    return this.db.inTenant(tenantId, async (tx) => {
      const invoice = await this.invoices.find(tx, tenantId, id);
      if (!invoice) throw Refusal.notFound('invoice');
      return this.invoices.document(tx, tenantId, invoice);
    });
  }
}

const fileOf = (bytes: Buffer, type: string, { header }: InvoiceDocument, extension: string): StreamableFile =>
  new StreamableFile(bytes, {
    type,
    disposition: `attachment; filename="${header.number.replace(/[^\w.-]/g, '-')}.${extension}"`,
  });
