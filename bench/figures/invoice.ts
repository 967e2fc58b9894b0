import { DataSource } from 'typeorm';
import { SystemClock } from '#libs/clock';
import { Ledger } from '#libs/ledger';
import { Database } from '#libs/persistence';
import { draftInvoice } from '../../apps/billing/src/invoices/draft-invoice.js';
import { type InvoiceHeader, totalsOf } from '../../apps/billing/src/invoices/invoice-document.js';
import { renderCsv } from '../../apps/billing/src/invoices/render-csv.js';
import { renderJson } from '../../apps/billing/src/invoices/render-json.js';
import { renderPdf } from '../../apps/billing/src/invoices/render-pdf.js';
import type { Group } from '../harness/group.js';

const CHARGES = 1_000_000;
const SECONDS = 60;
const MOST_MB = 100;
const MARKETS = ['Mexico', 'Brazil', 'Spain', 'India', 'Germany', 'Colombia', 'Chile', 'Peru', 'Argentina', 'Other'];

/** An invoice over a million charges, from the ledger to JSON, CSV and PDF. */
export const invoice: Group = {
  name: 'invoice',
  beyondLimits: true,
  run: async (bench, { share, say }) => {
    const [merchant] = await bench.make(1, 1);
    if (!merchant) throw new Error('no merchant');
    await bench.only();
    const count = Math.round(CHARGES * share);
    say(`invoice, ${count.toLocaleString('en')} charges …`);
    await bench.db.query(
      `INSERT INTO charges (tenant_id, message_id, side, waba_id, phone_number_id, market, category, quantity, unit_price,
                            amount, currency, rule, plan, card_date, card_currency, tier, billed_at, local_day)
       SELECT $1, gen_random_uuid(), 'price', w.waba_id, $2, ($3::text[])[1 + i % 10], (ARRAY['marketing', 'utility'])[1 + i % 2],
              1, 0.0085 + (i % 7) * 0.0001, 0.0085 + (i % 7) * 0.0001, 'USD', 'pmp/regular', 'basic/1', '2026-10-01', 'USD',
              i % 4, now(), '2026-10-01'::date + i % 31
         FROM generate_series(1, $4::int) AS i, wabas w WHERE w.tenant_id = $1`,
      [merchant.tenantId, merchant.numbers[0].phoneNumberId, MARKETS, count],
    );
    const source = await new DataSource({
      type: 'postgres',
      url: bench.environment.DATABASE_URL as string,
      poolSize: 2,
      installExtensions: false,
    }).initialize();
    const [db, ledger] = [new Database(source), new Ledger(new SystemClock())];
    const before = process.memoryUsage().rss;
    const from = performance.now();
    const days = { from: '2026-10-01', to: '2026-10-31' };
    const groups = await db.inTenant(merchant.tenantId, (tx) =>
      ledger.chargeGroups(tx, merchant.tenantId, 'price', days),
    );
    const { lines } = draftInvoice(groups);
    const tax = { kind: 'domestic', name: 'IVA', pct: '21' } as const;
    const header: InvoiceHeader = {
      kind: 'invoice',
      entity: 'main',
      number: 'F-000001',
      issuedOn: '2026-11-01',
      month: '2026-10',
      currency: 'USD',
      language: 'es',
      seller: { name: 'Provider', address: '', country: 'ES', taxId: 'B1', contact: '', paymentDetails: '' },
      buyer: { legalName: 'Merchant', address: '', country: 'ES', taxId: 'A1' },
      taxTreatment: tax,
      fees: [],
      paidFromWallet: false,
      credits: null,
      ...totalsOf(
        lines.map((l) => l.amount),
        tax,
        2,
      ),
    };
    const pdf = await renderPdf({ header, lines });
    const bytes = pdf.length + renderCsv({ header, lines }).length + renderJson({ header, lines }).length;
    const seconds = (performance.now() - from) / 1_000;
    const grew = (process.memoryUsage().rss - before) / 1_048_576;
    await source.destroy();
    const counted = lines.reduce((sum, line) => sum + line.quantity, 0);
    if (counted !== count) throw new Error(`${counted} of ${count} charges are on the invoice`);
    return [
      {
        figure: 'invoice over a million charges',
        measured: `${seconds.toFixed(1)} s, ${lines.length} lines, grew ${grew.toFixed(0)} MB`,
        baseline: '',
        ratio: '',
        goal: `≤ ${SECONDS} s, ≤ ${MOST_MB} MB`,
        met: seconds <= SECONDS && grew <= MOST_MB,
        data: { seconds, grewMb: grew, bytes, lines: lines.length },
      },
    ];
  },
};
