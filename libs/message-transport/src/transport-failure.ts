/** The `error` of Meta's envelope. */
export interface RefusalError {
  message?: string;
  code?: number;
  error_subcode?: number;
  error_user_msg?: string;
  error_data?: { messaging_product?: string; details?: string };
  [more: string]: unknown;
}

// A refusal without Meta's envelope (a proxy's page): too many calls where the status says so, else no code at all; no
// code of Meta is negative.
const TOO_MANY_CALLS = 4;
const NO_CODE = -1;

/** Refused by who is to carry it: nothing was done. */
export class TransportRefusal extends Error {
  override name = 'TransportRefusal';
  readonly code: number;
  readonly subcode: number | undefined;
  readonly details: string | undefined;
  /** How long the carrier asks to be left alone, in seconds, where it says so. */
  readonly retryAfterSeconds: number | undefined;

  /**
   * @param httpStatus as it was answered
   * @param error      of the Cloud API's envelope; absent where something else than the carrier seems to have answered
   */
  constructor(
    readonly httpStatus: number,
    readonly error: RefusalError | undefined,
    options?: ErrorOptions & { retryAfterSeconds?: number | undefined },
  ) {
    super(error?.message ?? `refused with HTTP ${httpStatus}`, options);
    this.code = error?.code ?? (httpStatus === 429 ? TOO_MANY_CALLS : NO_CODE);
    this.subcode = error?.error_subcode;
    this.retryAfterSeconds = options?.retryAfterSeconds;
    this.details = error?.error_data?.details ?? error?.error_user_msg;
  }
}

/**
 * No answer that can be trusted came back.
 * `sent` is false when the message certainly never reached the carrier, so trying again cannot do harm; otherwise it may
 * or may not have been sent.
 */
export class TransportUnreachable extends Error {
  override name = 'TransportUnreachable';

  constructor(
    readonly sent: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
