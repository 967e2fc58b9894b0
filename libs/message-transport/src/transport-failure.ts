/** The `error` of Meta's envelope. */
export interface RefusalError {
  message?: string;
  code?: number;
  error_subcode?: number;
  error_data?: { messaging_product?: string; details?: string };
  [more: string]: unknown;
}

// A refusal without Meta's envelope (a proxy's page); no code of Meta is negative.
const NO_CODE = -1;

/** The carrier refused: nothing was sent. */
export class TransportRefusal extends Error {
  override name = 'TransportRefusal';
  readonly code: number;
  readonly subcode: number | undefined;

  /**
   * @param httpStatus as it was answered
   * @param error      of the Cloud API's envelope; absent where something else than the carrier seems to have answered
   */
  constructor(
    readonly httpStatus: number,
    readonly error: RefusalError | undefined,
    options?: ErrorOptions,
  ) {
    super(error?.message ?? `refused with HTTP ${httpStatus}`, options);
    this.code = error?.code ?? NO_CODE;
    this.subcode = error?.error_subcode;
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
