import type { AnswerKind, FlowOption } from './flow.js';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const LONGEST_ANSWER = 1_000;

/** What people type when they write a number: 1,234.5 or 1.234,5 or 1234; a comma with three digits behind it groups. */
function readNumber(text: string): number | undefined {
  const plain = text.replaceAll(/[\s$€]/g, '');
  if (!/^[+-]?[\d.,]+$/.test(plain)) return undefined;
  const decimal = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','));
  const digitsBehind = decimal < 0 ? 0 : plain.length - decimal - 1;
  const groups = decimal >= 0 && digitsBehind === 3;
  const whole = (decimal < 0 || groups ? plain : plain.slice(0, decimal)).replaceAll(/[.,]/g, '');
  const value = Number(groups || decimal < 0 ? whole : `${whole}.${plain.slice(decimal + 1)}`);
  return Number.isFinite(value) ? value : undefined;
}

/** A day: `2026-11-22`, or day before month as most of the world writes it: `22/11/2026`. */
function readDate(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const local = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(text);
  const [year, month, day] = iso ? iso.slice(1, 4) : local ? [local[3], local[2], local[1]] : [];
  if (!year || !month || !day) return undefined;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date) ? date : undefined;
}

/**
 * @param text as the customer wrote it
 * @returns what is remembered; undefined for an answer that does not fit
 */
export function readAnswer(kind: AnswerKind, text: string): string | number | undefined {
  const trimmed = text.trim().slice(0, LONGEST_ANSWER);
  if (trimmed === '') return undefined;
  if (kind === 'number') return readNumber(trimmed);
  if (kind === 'date') return readDate(trimmed);
  if (kind === 'email') return EMAIL.test(trimmed) ? trimmed.toLowerCase() : undefined;
  if (kind === 'phone') {
    const digits = trimmed.replaceAll(/[\s()+.-]/g, '');
    return /^\d{7,15}$/.test(digits) ? `+${digits}` : undefined;
  }
  return trimmed;
}

/** Small letters without accents and signs, single spaces: how words are compared. */
export const plainWords = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** The option that was pressed, or written out: its title, or its number in the list. */
export function readChoice(
  options: readonly FlowOption[],
  heard: { text: string; pressed?: string },
): FlowOption | undefined {
  if (heard.pressed !== undefined) return options.find((o) => o.id === heard.pressed);
  const words = plainWords(heard.text);
  if (words === '') return undefined;
  return (
    options.find((o) => plainWords(o.title) === words) ??
    (/^\d{1,2}$/.test(words) ? options[Number(words) - 1] : undefined)
  );
}
