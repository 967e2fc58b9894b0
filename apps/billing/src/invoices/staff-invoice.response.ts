import { ApiProperty } from '@nestjs/swagger';
import { IssuedInvoiceResponse } from './invoice.response.js';
import type { MonthDraft } from './invoice-drafts.js';
import type { LegalEntity } from './legal-entities.js';

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
  @ApiProperty() tax_id: string;
  @ApiProperty() contact: string;
  @ApiProperty() payment_details: string;
  @ApiProperty({ type: [TaxRowResponse] }) taxes: readonly TaxRowResponse[];
  @ApiProperty({ example: 'PAL-' }) invoice_prefix: string;
  @ApiProperty({ example: 'PAL-C-' }) credit_prefix: string;
}
export class LegalEntitiesResponse {
  @ApiProperty({ type: [LegalEntityResponse] }) data: LegalEntityResponse[];
}

export const showLegalEntity = (entity: LegalEntity): LegalEntityResponse => ({
  entity: entity.entity,
  name: entity.name,
  address: entity.address,
  country: entity.country,
  tax_id: entity.taxId,
  contact: entity.contact,
  payment_details: entity.paymentDetails,
  taxes: entity.taxes,
  invoice_prefix: entity.invoicePrefix,
  credit_prefix: entity.creditPrefix,
});

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
