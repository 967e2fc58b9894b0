import { ApiProperty } from '@nestjs/swagger';
import { IssuedInvoiceResponse } from './invoice.response.js';
import type { MonthDraft } from './invoice-drafts.js';

class TaxRowResponse {
  @ApiProperty({ example: 'ES' }) country: string;
  @ApiProperty({ example: 'IVA' }) name: string;
  @ApiProperty({ example: '21' }) pct: string;
  @ApiProperty({ example: '2012-09-01' }) from: string;
}
export class LegalEntityResponse {
  @ApiProperty({ example: 'main' }) entity: string;
  @ApiProperty() name: string;
  @ApiProperty() address: string;
  @ApiProperty({ example: 'ES' }) country: string;
  @ApiProperty() taxId: string;
  @ApiProperty() contact: string;
  @ApiProperty() paymentDetails: string;
  @ApiProperty({ type: [TaxRowResponse] }) taxes: readonly TaxRowResponse[];
  @ApiProperty({ example: 'PAL-' }) invoicePrefix: string;
  @ApiProperty({ example: 'PAL-C-' }) creditPrefix: string;
}
export class LegalEntitiesResponse {
  @ApiProperty({ type: [LegalEntityResponse] }) data: LegalEntityResponse[];
}

class DraftSumResponse {
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '64.07' }) net: string;
  @ApiProperty({ example: '13.45' }) tax: string;
  @ApiProperty({ example: '77.52' }) total: string;
}
export class DraftResponse {
  @ApiProperty() tenant_id: string;
  @ApiProperty({ example: '2026-11' }) month: string;
  @ApiProperty({ type: [DraftSumResponse], description: 'As they stood at seen_at' }) sums: readonly DraftSumResponse[];
  @ApiProperty({ nullable: true, type: String, description: 'Why it cannot be issued yet' }) waits_for: string | null;
  @ApiProperty() made_at: string;
  @ApiProperty() seen_at: string;
  @ApiProperty({ nullable: true, type: String }) issued_at: string | null;
}
export class DraftPageResponse {
  @ApiProperty({ type: [DraftResponse] }) data: DraftResponse[];
  @ApiProperty({ nullable: true, type: String, description: 'Cursor of the next page; null on the last' })
  next: string | null;
}

export const showDraft = (draft: MonthDraft): DraftResponse => ({
  tenant_id: draft.tenantId,
  month: draft.month,
  sums: draft.sums,
  waits_for: draft.waitsFor,
  made_at: draft.madeAt.toISOString(),
  seen_at: draft.seenAt.toISOString(),
  issued_at: draft.issuedAt?.toISOString() ?? null,
});

class IssuedForResponse {
  @ApiProperty() tenant_id: string;
  @ApiProperty({ type: [IssuedInvoiceResponse] }) invoices: IssuedInvoiceResponse[];
}
class NotIssuedForResponse {
  @ApiProperty() tenant_id: string;
  @ApiProperty() why: string;
}
/** How the invoices of a month went, tenant by tenant. */
export class RunResponse {
  @ApiProperty({ type: [IssuedForResponse] }) issued: IssuedForResponse[];
  @ApiProperty({ type: [NotIssuedForResponse] }) not_issued: NotIssuedForResponse[];
}
