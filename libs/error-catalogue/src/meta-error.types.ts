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
