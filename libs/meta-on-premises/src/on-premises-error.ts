import { nearestCloudCode } from './cloud-error.js';

/** One of `errors[]`, in an answer or in a callback. */
export interface OnPremisesProblem {
  code?: number | undefined;
  title?: string | undefined;
  details?: string | undefined;
  href?: string | undefined;
}

// A refusal without the client's envelope (a proxy's page); no code is negative.
const NO_CODE = -1;

/** The On-Premises client refused: `errors[0]` of its answer, and all of them as they came. */
export class OnPremisesError extends Error {
  override name = 'OnPremisesError';
  readonly code: number;
  readonly title: string;
  readonly details: string | undefined;
  /** The Cloud API code that says nearly the same, by the error catalogue. */
  readonly cloudCode: number;

  constructor(
    readonly httpStatus: number,
    readonly problems: readonly OnPremisesProblem[],
  ) {
    const { code = NO_CODE, title = `HTTP ${httpStatus}`, details } = problems[0] ?? {};
    super(`On-Premises client: ${code === NO_CODE ? '' : `${code} `}${title}${details ? `: ${details}` : ''}`);
    this.code = code;
    this.title = title;
    this.details = details;
    this.cloudCode = nearestCloudCode(code);
  }
}

/**
 * No answer that can be trusted came back.
 * `sent` is false when the call itself certainly never reached the client (no connection, or the login before it failed),
 * so trying again cannot do harm; otherwise the client may or may not have acted on it.
 */
export class OnPremisesUnreachableError extends Error {
  override name = 'OnPremisesUnreachableError';
  constructor(
    readonly sent: boolean,
    cause: unknown,
  ) {
    super(`The On-Premises client did not answer: ${(cause as Error).message}`, { cause });
  }
}
