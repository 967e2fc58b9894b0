import type { InvoiceDocument } from './invoice-document.js';
import { renderPdf } from './render-pdf.js';

const document = (more: Partial<InvoiceDocument['header']> = {}, lines = 3): InvoiceDocument => ({
  header: {
    kind: 'invoice',
    entity: 'main',
    number: 'PAL-000042',
    issuedOn: '2026-12-02',
    month: '2026-11',
    currency: 'INR',
    language: 'es',
    seller: {
      name: 'Palomar Servicios, S.L.',
      address: 'Calle Mayor 1\n28013 Madrid',
      country: 'ES',
      taxId: 'B12345678',
      contact: 'facturas@palomar.example',
      paymentDetails: 'IBAN ES00 0000 0000 0000 (₹)',
    },
    buyer: { legalName: 'Łódź Ñandú Жар-птица Ελλάς', address: 'ul. Święta 3\nŁódź', country: 'PL', taxId: 'PL1' },
    taxTreatment: { kind: 'domestic', name: 'IVA', pct: '21' },
    fees: [{ item: 'tenant_fee', quantity: 1, unitPrice: '49', amount: '49' }],
    paidFromWallet: false,
    credits: null,
    net: '49.03',
    tax: '10.30',
    total: '59.33',
    rounding: '0.0045',
    ...more,
  },
  lines: Array.from({ length: lines }, (_, i) => ({
    number: i + 1,
    currency: 'INR',
    market: ['Mexico', 'India', 'Rest of Central & Eastern Europe'][i % 3] as string,
    category: ['utility', 'marketing', 'authentication_international'][i % 3] as string,
    unitPrice: '0.0085',
    rule: 'pmp/regular',
    freeReason: i % 4 === 3 ? 'service_allowance' : null,
    plan: 'pass_through/1',
    card: { date: '2026-10-01', currency: 'INR', tier: i % 2 },
    quantity: 1_000_000,
    amount: '8500.0000',
  })),
});
/** The letters of the document, from the tables that let a reader copy its text. */
const letters = (pdf: Buffer): string[] =>
  [...pdf.toString('latin1').matchAll(/beginbfrange([\s\S]*?)endbfrange/g)].flatMap(([, table = '']) =>
    [...table.matchAll(/<([0-9a-f]{4})>(?= |\])/gi)].map(([, hex = '']) =>
      String.fromCodePoint(Number.parseInt(hex, 16)),
    ),
  );

describe('an invoice on paper', () => {
  it('writes names and currencies of every alphabet that the font has', async () => {
    const found = letters(await renderPdf(document()));
    expect(found).toEqual(expect.arrayContaining([...'ŁźÑúЖпλά₹Ś']));
  });

  it.each(['es', 'pt', 'en'] as const)('is the same file each time it is printed: %s', async (language) => {
    const [first, second] = [await renderPdf(document({ language })), await renderPdf(document({ language }))];
    expect(first.equals(second)).toBe(true);
  });

  it('goes on over as many pages as its lines need, each with its number', async () => {
    const pdf = (await renderPdf(document({}, 200))).toString('latin1');
    expect(pdf.match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(4);
  });
});
