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

/** What is written on the pages, piece by piece, each as every font of the file would read it. */
function pieces(pdf: Buffer): string[] {
  const text = pdf.toString('latin1');
  const fonts = text.split('begincmap').slice(1);
  const tables = fonts.map((cmap) =>
    [...cmap.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/gi)].reduce((glyphs, [, first = '', row = '']) => {
      for (const [i, [, hex = '']] of [...row.matchAll(/<([0-9a-f ]*)>/gi)].entries()) {
        const utf16 = Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le');
        glyphs.set(Number.parseInt(first, 16) + i, utf16);
      }
      return glyphs;
    }, new Map<number, string>()),
  );
  return [...text.matchAll(/\[((?:<[0-9a-f]+>|[\s\d.-])+)\] TJ/gi)].flatMap(([, shown = '']) => {
    const glyphs = [...shown.matchAll(/<([0-9a-f]+)>/gi)].flatMap(([, run = '']) => run.match(/.{4}/g) ?? []);
    return tables.map((table) => glyphs.map((hex) => table.get(Number.parseInt(hex, 16)) ?? '').join(''));
  });
}

describe('an invoice on paper', () => {
  it.each([
    ['all of what it comes to', {}, 'IBAN', 'Pagado con el saldo'],
    ['all of it, where none was kept', { due: '59.33' }, 'IBAN', 'Pendiente de pago'],
    ['what the wallet did not pay, and how', { due: '9.33' }, 'Pendiente de pago', 'No hay nada pendiente'],
    ['what the wallet did not pay, and how to pay', { due: '9.33' }, 'IBAN', 'No hay nada pendiente'],
    ['the amount', { due: '9.33' }, '9.33 INR', 'No hay nada pendiente'],
    ['nothing', { due: '0.00', paidFromWallet: true }, 'No hay nada pendiente', 'IBAN'],
    ['what a credit takes off', { kind: 'credit_note', due: '-9.33', total: '-59.33' }, 'Descontado', 'IBAN'],
  ] as const)('asks for %s', async (_, header, there, absent) => {
    const found = pieces(await renderPdf(document(header))).join('\n');
    expect(found).toContain(there);
    expect(found).not.toContain(absent);
  });

  it('writes whole prices with the cents that the sums have, and finer ones in full', async () => {
    const found = pieces(await renderPdf(document()));
    expect(found).toEqual(expect.arrayContaining(['49.00', '0.0085']));
    expect(found).not.toContain('49');
    expect(pieces(await renderPdf(document({ net: '49', currency: 'JPY' })))).toContain('49');
  });

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
