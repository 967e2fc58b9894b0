import { Controller, Get, Param, ParseIntPipe, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { Ledger } from '#libs/ledger';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { metaIdsOf, RateRowResponse, rateRowOf } from '../charges/charge.response.js';
import { ChargePageResponse, chargePage, cursorOf, PageQuery } from '../charges/charge-page.js';
import { daysOfMonth } from '../local-days.js';
import { type DraftInvoice, draftInvoice, type InvoiceLine } from './draft-invoice.js';
import { IssuedInvoiceResponse } from './invoice.response.js';
import { Invoices } from './invoices.js';
import { showIssued } from './issued-invoices.controller.js';

class InvoiceLineResponse {
  @ApiProperty({ description: 'Place on the draft; it can move while the month goes on' }) number: number;
  @ApiProperty({ example: 'Mexico', nullable: true, type: String }) market: string | null;
  @ApiProperty({ example: 'utility' }) category: string;
  @ApiProperty() quantity: number;
  @ApiProperty({ example: '0.0085' }) unit_price: string;
  @ApiProperty({ example: '0.0170' }) amount: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: 'pmp/regular' }) rule: string;
  @ApiProperty({ example: 'service_allowance', nullable: true, type: String }) free_reason: string | null;
  @ApiProperty({ example: 'pass_through/1', nullable: true, type: String }) plan: string | null;
  @ApiProperty({ type: RateRowResponse, nullable: true }) rate: RateRowResponse | null;
  @ApiProperty({ description: 'Where the line opens into its charges' }) charges_url: string;
}
class TotalResponse {
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ description: 'Exact; an issued invoice rounds it once' }) amount: string;
  @ApiProperty() quantity: number;
}
class InvoiceResponse {
  @ApiProperty({ example: '2026-11', description: "The month in the WABA's time zone" }) month: string;
  @ApiProperty({ enum: ['draft', 'issued'] }) status: 'draft' | 'issued';
  @ApiProperty({ type: [IssuedInvoiceResponse], description: 'What was issued for the month, by currency' })
  issued: IssuedInvoiceResponse[];
  @ApiProperty({ type: [InvoiceLineResponse] }) lines: InvoiceLineResponse[];
  @ApiProperty({ type: [TotalResponse] }) totals: TotalResponse[];
}
class InvoiceLineChargesResponse extends ChargePageResponse {
  @ApiProperty({ type: InvoiceLineResponse }) line: InvoiceLineResponse;
}

@ApiTags('invoices')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/invoices')
export class InvoicesController {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly invoices: Invoices,
    private readonly wabas: Wabas,
  ) {}

  /** The lines of a month, a draft until it is issued: by currency, market, category, price, rule and rate row. */
  @Get(':month')
  @ApiOperation({ summary: 'Draft invoice of a month' })
  @ApiOkResponse({ type: InvoiceResponse })
  async draft(@TenantCaller() { tenantId }: Caller, @Param('month') month: string): Promise<InvoiceResponse> {
    const { lines, totals, issued } = await this.db.inTenant(tenantId, async (tx) => ({
      ...(await this.draftOf(tx, tenantId, month)),
      issued: await this.invoices.ofMonth(tx, tenantId, month),
    }));
    return {
      month,
      status: issued.length > 0 ? 'issued' : 'draft',
      issued: issued.map(showIssued),
      lines: lines.map((line) => lineResponse(month, line)),
      totals: totals.map(({ currency, amount, quantity }) => ({ currency, amount, quantity })),
    };
  }

  /** The charges that a line sums up; each names its message, rate row and rule. */
  @Get(':month/lines/:number/charges')
  @ApiOperation({ summary: 'Charges of an invoice line' })
  @ApiOkResponse({ type: InvoiceLineChargesResponse })
  async charges(
    @TenantCaller() { tenantId }: Caller,
    @Param('month') month: string,
    @Param('number', ParseIntPipe) number: number,
    @Query() query: PageQuery,
  ): Promise<InvoiceLineChargesResponse> {
    const { limit } = query;
    const after = cursorOf(query.cursor);
    return this.db.inTenant(tenantId, async (tx) => {
      const { lines } = await this.draftOf(tx, tenantId, month);
      const line = lines[number - 1];
      if (!line) throw Refusal.notFound('invoice line');
      const page = { side: 'price', days: monthOrRefuse(month), group: line, after, limit: limit + 1 } as const;
      const found = await this.ledger.listCharges(tx, tenantId, page);
      const metaIds = metaIdsOf(await this.wabas.phoneNumbers(tx, tenantId));
      return { line: lineResponse(month, line), ...chargePage(found, limit, metaIds) };
    });
  }

  private async draftOf(tx: Tx, tenantId: string, month: string): Promise<DraftInvoice> {
    return draftInvoice(await this.ledger.chargeGroups(tx, tenantId, 'price', monthOrRefuse(month)));
  }
}

function monthOrRefuse(month: string): { from: string; to: string } {
  const days = daysOfMonth(month);
  if (!days) throw Refusal.invalid('the month must be YYYY-MM', { month: ['the month must be YYYY-MM'] });
  return days;
}

const lineResponse = (month: string, line: InvoiceLine): InvoiceLineResponse => ({
  number: line.number,
  market: line.market,
  category: line.category,
  quantity: line.quantity,
  unit_price: line.unitPrice,
  amount: line.amount,
  currency: line.currency,
  rule: line.rule,
  free_reason: line.freeReason,
  plan: line.plan,
  rate: rateRowOf(line),
  charges_url: `/api/v1/invoices/${month}/lines/${line.number}/charges`,
});
