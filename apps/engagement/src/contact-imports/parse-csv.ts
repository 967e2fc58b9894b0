import { plainCell } from '#libs/http';

/**
 * The rows of a piece of CSV: fields parted by a delimiter, quoted where they hold one (RFC 4180), without the mark that an
 * export puts before what a spreadsheet would take for a formula. Empty lines are rows without fields, so that rows keep their
 * numbers.
 */
export function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      let field: string;
      if (text[at] === '"') {
        const close = closingQuote(text, at + 1);
        field = text.slice(at + 1, close).replaceAll('""', '"');
        at = close + 1;
        // What stands between the closing quote and the delimiter is no part of anything.
        while (at < text.length && text[at] !== delimiter && text[at] !== '\n') at++;
      } else {
        const from = at;
        while (at < text.length && text[at] !== delimiter && text[at] !== '\n') at++;
        field = text.slice(from, at).replace(/\r$/, '');
      }
      row.push(plainCell(field.trim()));
      if (text[at] !== delimiter) break;
      at++;
    }
    at++;
    rows.push(row.length === 1 && row[0] === '' ? [] : row);
  }
  return rows;
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return text.length;
}

/** The sign that parts most fields of the header: spreadsheets of half the world write semicolons. */
export function delimiterOf(header: string): string {
  const counts = [',', ';', '\t'].map((sign) => [sign, header.split(sign).length] as const);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LATIN = new TextDecoder('windows-1252');

/** UTF-8 with or without its mark; where it is none, what spreadsheets write by default in the Americas and Western Europe. */
export function textOf(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return LATIN.decode(bytes);
  }
}
