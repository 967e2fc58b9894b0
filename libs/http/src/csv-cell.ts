/**
 * What spreadsheets begin a formula with, also in full-width form (OWASP, "CSV Injection"); after a mark of text, too, so that
 * `plainCell` takes off no mark but ours.
 */
const FORMULA = /^'*(\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/;
/** A number is no formula, nor is a telephone number with its country code. */
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** One cell of CSV: quoted where it must be (RFC 4180), and never read as a formula by a spreadsheet. */
export function csvCell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What a cell was before `csvCell` marked it as text; its quotes have been taken off already. */
export const plainCell = (text: string): string => (text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text);
