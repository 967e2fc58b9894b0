import { randomBytes } from 'node:crypto';

// Carries an integer that a JavaScript number cannot hold through parsed values. Random, so that no text of a customer is
// ever taken for one.
const MARK = `#integer:${randomBytes(8).toString('hex')}:`;
const MAY_BE_LARGE = /[:[,]\s*-?\d{16}/;
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');

const isLarge = (token: string): boolean =>
  token.length > 15 && /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));

/**
 * Parses JSON such that `serialiseExact` gives every integer back digit by digit. Meta writes ids as integers in some
 * fields (`message_template_id`), and nothing limits them to 2^53.
 *
 * @throws SyntaxError for what is not JSON
 */
export function parseExact(text: string): unknown {
  const plain: unknown = JSON.parse(text);
  if (!MAY_BE_LARGE.test(text)) return plain;
  return JSON.parse(text.replace(TOKENS, (token) => (isLarge(token) ? `"${MARK}${token}"` : token)));
}

export function serialiseExact(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes(MARK) ? text.replace(MARKED, '$1') : text;
}

/** An id, whether Meta wrote it as text or as a number; undefined for anything else. */
export function idText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string' || value === '') return undefined;
  return value.startsWith(MARK) ? value.slice(MARK.length) : value;
}
