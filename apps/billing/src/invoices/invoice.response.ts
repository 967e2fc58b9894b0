import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class IssuedInvoiceResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: ['invoice', 'credit_note'] }) kind: string;
  @ApiProperty({ example: 'PAL-000042' }) number: string;
  @ApiProperty({ example: '2026-11' }) month: string;
  @ApiProperty() issued_on: string;
  @ApiProperty() currency: string;
  @ApiProperty() net: string;
  @ApiProperty() tax: string;
  @ApiProperty() total: string;
  @ApiProperty({
    example: '0.00',
    description: 'What is to be paid of it beside the wallet; of a credit note what it takes off that, negative',
  })
  due: string;
  @ApiProperty({ description: 'SHA-256 of the JSON document; it never changes' }) digest: string;
  @ApiProperty({ nullable: true, type: String, description: 'The invoice that a credit note credits' })
  credits: string | null;
}
export class IssuedInvoicesResponse {
  @ApiProperty({ type: [IssuedInvoiceResponse] }) data: IssuedInvoiceResponse[];
}
export class IssuedInvoicePageResponse extends IssuedInvoicesResponse {
  @ApiProperty({ nullable: true, type: String, description: 'Cursor of the next page; null on the last' })
  next: string | null;
}

const party = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    address: { type: 'string' },
    country: { type: 'string' },
    tax_id: { type: 'string' },
  },
} as const;
class TaxOfInvoiceResponse {
  @ApiProperty({ enum: ['domestic', 'destination', 'reverse_charge', 'outside_scope'] }) kind: string;
  @ApiProperty({ example: 'IVA' }) name: string;
  @ApiProperty({ example: '21' }) pct: string;
  @ApiProperty() amount: string;
}
/** The whole document, as `render-json.ts` writes it. */
export class InvoiceDocumentResponse {
  @ApiProperty({ enum: ['invoice', 'credit_note'] }) kind: string;
  @ApiProperty() number: string;
  @ApiProperty() issued_on: string;
  @ApiProperty() month: string;
  @ApiProperty() currency: string;
  @ApiProperty({ ...party, description: 'With contact and payment_details' }) seller: object;
  @ApiProperty(party) buyer: object;
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    description:
      'Of messages: market, category, rule, rate row, charges_url; of fees: item, quantity, unit_price, amount',
  })
  lines: object[];
  @ApiProperty() net: string;
  @ApiProperty({ type: TaxOfInvoiceResponse }) tax: TaxOfInvoiceResponse;
  @ApiProperty() total: string;
  @ApiProperty({ description: 'What rounding the net added to the exact sum of the lines' }) rounding: string;
  @ApiProperty({ description: 'All of it was taken from the wallet, of a credit note: goes back there' })
  paid_from_wallet: boolean;
  @ApiPropertyOptional({
    example: '0.00',
    description:
      'What is to be paid beside the wallet; of a credit note what it takes off that, negative. Absent of old documents',
  })
  due?: string;
  @ApiProperty({
    nullable: true,
    type: 'object',
    properties: { number: { type: 'string' }, reason: { type: 'string' } },
    description: 'Of a credit note: what it credits, and why',
  })
  credits: object | null;
}
