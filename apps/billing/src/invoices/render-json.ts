import { createHash } from 'node:crypto';
import { rateRowOf } from '../charges/charge.response.js';
import type { InvoiceDocument, MessageLine } from './invoice-document.js';

const line = (month: string, l: MessageLine): object => ({
  number: l.number,
  item: 'messages',
  market: l.market,
  category: l.category,
  quantity: l.quantity,
  unit_price: l.unitPrice,
  amount: l.amount,
  rule: l.rule,
  free_reason: l.freeReason,
  plan: l.plan,
  rate: rateRowOf(l),
  charges_url: `/api/v1/invoices/${month}/lines/${l.number}/charges`,
});

/** The document for programs. The same document is the same text, byte for byte. */
export function renderJson({ header: h, lines }: InvoiceDocument): string {
  return JSON.stringify({
    kind: h.kind,
    number: h.number,
    issued_on: h.issuedOn,
    month: h.month,
    currency: h.currency,
    seller: {
      name: h.seller.name,
      address: h.seller.address,
      country: h.seller.country,
      tax_id: h.seller.taxId,
      contact: h.seller.contact,
      payment_details: h.seller.paymentDetails,
    },
    buyer: { name: h.buyer.legalName, address: h.buyer.address, country: h.buyer.country, tax_id: h.buyer.taxId },
    lines: [
      ...lines.map((l) => line(h.month, l)),
      ...h.fees.map((f) => ({ item: f.item, quantity: f.quantity, unit_price: f.unitPrice, amount: f.amount })),
    ],
    net: h.net,
    tax: { kind: h.taxTreatment.kind, name: h.taxTreatment.name, pct: h.taxTreatment.pct, amount: h.tax },
    total: h.total,
    rounding: h.rounding,
    paid_from_wallet: h.paidFromWallet,
    // Absent where it was not kept: what was issued is the same text for ever.
    due: h.due,
    credits: h.credits,
  });
}

/** What an issued document is known by: SHA-256 of its JSON, in hex. */
export const digestOf = (document: InvoiceDocument): string =>
  createHash('sha256').update(renderJson(document)).digest('hex');
