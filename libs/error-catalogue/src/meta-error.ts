import type { MetaError } from './meta-error.types.js';
import { META_ERRORS } from './meta-errors.data.js';

const SINGLES = META_ERRORS.filter((row) => row.upTo === undefined);
const RANGES = META_ERRORS.filter((row) => row.upTo !== undefined);
const keyOf = (code: number, subcode?: number) => (subcode === undefined ? `${code}` : `${code}/${subcode}`);
const BY_KEY = new Map(SINGLES.map((row) => [keyOf(row.code, row.subcode), row]));
// Some lists call the subcodes of template creation and migration codes. Read them either way, unless a code of that
// number exists.
const BY_SUBCODE = new Map(SINGLES.filter((row) => row.code === 100 && row.subcode! > 999).map((r) => [r.subcode!, r]));

/**
 * What an error of Meta's means and what to do about it.
 * An unlisted subcode is read as its code alone; an unlisted code is nobody's known fault and never retried, because a
 * repeat of something not understood may send twice.
 * @param code `error.code` of a Graph answer, or `errors[].code` of a webhook
 * @param subcode `error.error_subcode`; Meta leaves it out of messaging answers since v16, template creation has it
 */
export function metaError(code: number, subcode?: number): MetaError {
  const row = BY_KEY.get(keyOf(code, subcode)) ?? BY_KEY.get(keyOf(code)) ?? BY_SUBCODE.get(code);
  if (row) return row;
  const range = RANGES.find((r) => r.code <= code && code <= r.upTo!);
  if (range) {
    const { upTo: _, ...rest } = range;
    return { ...rest, code };
  }
  return {
    code,
    ...(subcode === undefined ? {} : { subcode }),
    title: 'Unlisted error',
    meaning: 'This code is in none of the lists we know',
    fault: 'unknown',
    retry: 'never',
    scope: 'message',
    advice: 'Read the message Meta sent with it; add the code to the catalogue',
  };
}

/**
 * Whether the error means that the connection to Meta itself is broken for the number (token expired or withdrawn,
 * permission removed), so that nothing sent through it can succeed until a person reconnects it.
 */
export const breaksChannel = (error: MetaError): boolean =>
  error.retry === 'never' && error.scope === 'number' && error.fault === 'platform';

/** Refusals of a send that hold for everything its number sends, until somebody or Meta does something: locked, not registered. */
const OF_THE_NUMBER: ReadonlySet<number> = new Set([131031, 133010]);

/** Whether Meta, as it refused this message, refuses all messages of its number for now. */
export const refusesNumber = ({ code }: MetaError): boolean => OF_THE_NUMBER.has(code);
