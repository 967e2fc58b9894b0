import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { formatDecimal, isZero } from '#libs/money';
import type { InvoiceDocument, InvoiceHeader, MessageLine } from './invoice-document.js';
import { dueOf, fromWalletOf } from './what-is-due.js';
import { WORDS, type Words } from './words.js';

const MARGIN = 50;
const WIDTH = 595.28 - 2 * MARGIN;
const BOTTOM = 841.89 - 70;
const COLUMNS = { description: 0, quantity: 250, unitPrice: 335, amount: 415 } as const;
type Pdf = InstanceType<typeof PDFDocument>;

/**
 * DejaVu Sans (free to use, embed and pass on: its LICENSE) knows Latin, Greek, Cyrillic, Armenian, Georgian and the signs of
 * all currencies; the fonts that every reader of PDF has know Windows-1252 only. What it does not know prints as a box.
 */
const fontFile = (name: string): Buffer =>
  readFileSync(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
const TEXT = { name: 'text', file: fontFile('DejaVuSansCondensed') };
const BOLD = { name: 'bold', file: fontFile('DejaVuSansCondensed-Bold') };

/** Letters with their accents as one sign, and nothing that is no text. */
const printable = (text: string): string => text.normalize('NFC').replace(/[^\P{C}\n]/gu, '');

/**
 * The document on paper (A4). Nothing of it depends on when or where it is printed: dates are those of the document, fonts
 * come along, and streams are not compressed, so the same document is the same file, byte for byte.
 */
export async function renderPdf({ header, lines }: InvoiceDocument): Promise<Buffer> {
  const words = WORDS[header.language];
  const title = `${header.kind === 'invoice' ? words.invoice : words.creditNote} ${header.number}`;
  const pdf = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    font: '',
    compress: false,
    bufferPages: true,
    info: {
      Title: printable(title),
      Author: printable(header.seller.name),
      Producer: 'Paloma',
      Creator: 'Paloma',
      CreationDate: new Date(`${header.issuedOn}T00:00:00Z`),
    },
  });
  for (const { name, file } of [TEXT, BOLD]) pdf.registerFont(name, file);
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => pdf.once('end', resolve).once('error', reject));

  head(pdf, header, words, title);
  tableHead(pdf, header, words);
  for (const line of lines) {
    row(pdf, header, words, describe(line, words), String(line.quantity), line.unitPrice, line.amount);
  }
  for (const fee of header.fees) {
    row(pdf, header, words, words.items[fee.item] ?? fee.item, String(fee.quantity), fee.unitPrice, fee.amount);
  }
  if (header.credits) {
    row(pdf, header, words, `${words.items.credit}: ${header.credits.reason}`, '1', header.net, header.net);
  }
  sums(pdf, header, words);
  footers(pdf, header, words);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

function head(pdf: Pdf, h: InvoiceHeader, words: Words, title: string): void {
  pdf.font(BOLD.name).fontSize(16).text(printable(h.seller.name), MARGIN, MARGIN);
  pdf.font(TEXT.name).fontSize(9);
  pdf.text(
    printable(
      [h.seller.address, h.seller.country, `${words.taxId}: ${h.seller.taxId}`, h.seller.contact]
        .filter(Boolean)
        .join('\n'),
    ),
  );
  pdf.moveDown(1.5).font(BOLD.name).fontSize(14).text(printable(title));
  pdf.font(TEXT.name).fontSize(9).moveDown(0.3);
  pdf.text(`${words.issuedOn}: ${h.issuedOn}`).text(`${words.month}: ${h.month}`);
  if (h.credits) pdf.text(printable(`${words.creditsInvoice} ${h.credits.number}`));
  pdf.moveDown(1).font(BOLD.name).text(words.billTo).font(TEXT.name);
  const buyer = [h.buyer.legalName, h.buyer.address, h.buyer.country];
  if (h.buyer.taxId) buyer.push(`${words.taxId}: ${h.buyer.taxId}`);
  pdf.text(printable(buyer.filter(Boolean).join('\n')));
  pdf.moveDown(1.5);
}

function tableHead(pdf: Pdf, h: InvoiceHeader, words: Words): void {
  const y = pdf.y;
  pdf.font(BOLD.name).fontSize(8);
  pdf.text(words.description, MARGIN, y, { width: COLUMNS.quantity - 8 });
  number(pdf, words.quantity, 'quantity', 75, y);
  number(pdf, words.unitPrice, 'unitPrice', 75, y);
  number(pdf, `${words.amount} (${h.currency})`, 'amount', WIDTH - COLUMNS.amount, y);
  pdf.font(TEXT.name);
  const below = y + 13;
  pdf
    .moveTo(MARGIN, below)
    .lineTo(MARGIN + WIDTH, below)
    .lineWidth(0.5)
    .stroke();
  pdf.y = below + 4;
}

/** Digits in threes, parted by a space that does not break (ISO 80000-1): the same in every language. */
const inThrees = (text: string): string =>
  text.replace(/(?<![.\d])\d{4,}/g, (d) => d.replace(/\B(?=(\d{3})+$)/g, '\u00a0'));

const number = (pdf: Pdf, text: string, column: keyof typeof COLUMNS, width: number, y: number): void => {
  pdf.text(inThrees(text), MARGIN + COLUMNS[column], y, { width, align: 'right', lineBreak: false });
};

const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0;

/** `49` as `49.00` beside sums in cents; what is finer stays as it is. */
const withDecimals = (text: string, least: number): string => {
  const missing = least - decimalsOf(text);
  return missing <= 0 ? text : `${text}${text.includes('.') ? '' : '.'}${'0'.repeat(missing)}`;
};

function row(
  pdf: Pdf,
  h: InvoiceHeader,
  words: Words,
  description: string,
  quantity: string,
  unitPrice: string,
  amount: string,
): void {
  const text = printable(description);
  pdf.fontSize(8);
  const height = pdf.heightOfString(text, { width: COLUMNS.quantity - 8 });
  if (pdf.y + height > BOTTOM) {
    pdf.addPage();
    tableHead(pdf, h, words);
    pdf.fontSize(8);
  }
  const y = pdf.y;
  pdf.text(text, MARGIN, y, { width: COLUMNS.quantity - 8 });
  number(pdf, quantity, 'quantity', 75, y);
  const least = decimalsOf(h.net);
  number(pdf, withDecimals(unitPrice, least), 'unitPrice', 75, y);
  number(pdf, withDecimals(amount, least), 'amount', WIDTH - COLUMNS.amount, y);
  pdf.y = y + height + 3;
}

function describe(line: MessageLine, words: Words): string {
  const parts = [words.categories[line.category] ?? line.category, ...(line.market ? [line.market] : [])];
  if (line.card && line.card.tier > 0) parts.push(`${words.tier} ${line.card.tier}`);
  if (line.freeReason) parts.push(words.free);
  return parts.join(', ');
}

function sums(pdf: Pdf, h: InvoiceHeader, words: Words): void {
  const parts = inParts(h, words);
  if (pdf.y + 90 + parts.length * 14 > BOTTOM) pdf.addPage();
  pdf
    .moveTo(MARGIN, pdf.y + 2)
    .lineTo(MARGIN + WIDTH, pdf.y + 2)
    .lineWidth(0.5)
    .stroke();
  pdf.y += 8;
  const { kind, name, pct } = h.taxTreatment;
  const taxed = kind === 'domestic' || kind === 'destination';
  const rows: [string, string][] = [[words.net, h.net]];
  if (taxed) rows.push([`${name} ${pct} %`, h.tax]);
  rows.push([words.total, `${h.total} ${h.currency}`], ...parts);
  pdf.fontSize(9);
  for (const [label, amount] of rows) {
    const y = pdf.y;
    pdf.font(label === words.total || label === words.due ? BOLD.name : TEXT.name);
    pdf.text(printable(label), MARGIN + COLUMNS.quantity, y, { width: 160, align: 'right', lineBreak: false });
    number(pdf, amount, 'amount', WIDTH - COLUMNS.amount, y);
    pdf.y = y + 14;
  }
  pdf.font(TEXT.name).fontSize(8).moveDown(0.5);
  const notes = [
    ...(kind === 'reverse_charge' ? [words.reverseCharge] : []),
    ...(kind === 'outside_scope' ? [words.noTax] : []),
    ...howPaid(h, words),
  ].filter(Boolean);
  if (notes.length > 0) pdf.text(printable(notes.join('\n')), MARGIN, pdf.y, { width: WIDTH });
}

/** What went over the wallet and what did not, where both did. */
function inParts(h: InvoiceHeader, words: Words): [string, string][] {
  const [due, wallet] = [dueOf(h), fromWalletOf(h)];
  if (isZero(due) || isZero(wallet)) return [];
  const [over, beside] = h.kind === 'invoice' ? [words.fromWallet, words.due] : [words.toWallet, words.offDue];
  return [
    [over, formatDecimal(wallet)],
    [beside, `${formatDecimal(due)} ${h.currency}`],
  ];
}

/** Nobody pays a credit note: it is on the wallet, or off what is owed. */
function howPaid(h: InvoiceHeader, words: Words): string[] {
  if (h.kind === 'credit_note') return h.paidFromWallet ? [words.creditedToWallet] : [];
  return [h.paidFromWallet ? words.paidFromWallet : h.seller.paymentDetails];
}

function footers(pdf: Pdf, h: InvoiceHeader, words: Words): void {
  const { count } = pdf.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    pdf.switchToPage(page);
    // Below the margin a text would begin a new page.
    pdf.page.margins.bottom = 0;
    pdf.font(TEXT.name).fontSize(7);
    pdf.text(printable(`${h.number}   ${words.page} ${page + 1}/${count}`), MARGIN, 841.89 - 40, {
      width: WIDTH,
      align: 'right',
      lineBreak: false,
    });
  }
}
