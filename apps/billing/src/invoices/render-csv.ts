import { csvCell } from '#libs/http';
import type { InvoiceDocument } from './invoice-document.js';

const COLUMNS =
  'invoice,month,item,market,category,tier,card_date,plan,rule,free_reason,quantity,unit_price,amount,currency';

/** The document as rows: its lines, its fees, then net, tax, total and what is due. */
export function renderCsv({ header: h, lines }: InvoiceDocument): string {
  const row = (item: string, rest: (string | number | null)[]): string =>
    [h.number, h.month, item, ...rest].map(csvCell).join(',');
  const sum = (item: string, amount: string): string =>
    row(item, [null, null, null, null, null, null, null, null, null, amount, h.currency]);
  return `${[
    COLUMNS,
    ...lines.map((l) =>
      row('messages', [
        l.market,
        l.category,
        l.card?.tier ?? null,
        l.card?.date ?? null,
        l.plan,
        l.rule,
        l.freeReason,
        l.quantity,
        l.unitPrice,
        l.amount,
        h.currency,
      ]),
    ),
    ...h.fees.map((f) =>
      row(f.item, [null, null, null, null, null, null, null, f.quantity, f.unitPrice, f.amount, h.currency]),
    ),
    sum('rounding', h.rounding),
    sum('net', h.net),
    sum('tax', h.tax),
    sum('total', h.total),
    ...(h.due === undefined ? [] : [sum('due', h.due)]),
  ].join('\r\n')}\r\n`;
}
