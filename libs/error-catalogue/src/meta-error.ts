import { META_ERRORS } from './meta-errors.data.js';

/** Who has to change something. `platform` is the provider that runs Paloma. */
export type Fault = 'tenant' | 'recipient' | 'platform' | 'meta' | 'unknown';

/**
 * `never`: repeating gives the same answer. `backoff`: may succeed in seconds to minutes. `later`: not before hours have
 * passed or the cause named in `advice` is gone. `settle`: part of it may have happened, find out before any repeat.
 */
export type Retry = 'never' | 'backoff' | 'later' | 'settle';

/** What else fails alike while the cause lasts. `pair` is one number and one recipient, `account` one WABA. */
export type Scope = 'message' | 'pair' | 'template' | 'number' | 'account' | 'app';

export interface MetaError {
  readonly code: number;
  readonly subcode?: number;
  /** As Meta's page lists it; absent where no page does. */
  readonly httpStatus?: number;
  readonly title: string;
  readonly meaning: string;
  readonly fault: Fault;
  readonly retry: Retry;
  readonly scope: Scope;
  /** The shortest wait Meta names, in seconds. */
  readonly waitSeconds?: number;
  /** What a person can do about it. */
  readonly advice: string;
}

/** A row of the table; `upTo` makes it a range of codes, both ends included. */
export interface MetaErrorRow extends MetaError {
  readonly upTo?: number;
}

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
