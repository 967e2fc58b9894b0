import { metaError } from './meta-errors.js';

interface More {
  subcode?: number;
  http?: number;
  /** Where Meta's message differs from the title of the code. */
  message?: string;
  /** Shown to people; template and number management answers carry them. */
  userTitle?: string;
  userMessage?: string;
}

/** A refusal in Meta's words. `details` is the human fix. */
export class GraphError extends Error {
  readonly http: number;

  constructor(
    readonly code: number,
    readonly details: string,
    readonly more: More = {},
  ) {
    super(more.message ?? `(#${code}) ${metaError(code).title}`);
    this.http = more.http ?? metaError(code).http;
  }

  /** Meta's envelope, without the HTTP status. */
  envelope(trace: string): { error: Record<string, unknown> } {
    const { subcode, userTitle, userMessage } = this.more;
    return {
      error: {
        message: this.message,
        type: 'OAuthException',
        code: this.code,
        ...(subcode !== undefined && { error_subcode: subcode }),
        ...(userTitle !== undefined && {
          is_transient: false,
          error_user_title: userTitle,
          error_user_msg: userMessage ?? this.details,
        }),
        error_data: { messaging_product: 'whatsapp', details: this.details },
        fbtrace_id: trace,
      },
    };
  }
}

/** Meta's one answer for what does not exist and for what the token may not see. */
export const noSuchObject = (id: string) =>
  new GraphError(
    100,
    `Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
    { subcode: 33, message: '(#100) Unsupported request' },
  );

export const missing = (name: string) =>
  new GraphError(100, `The parameter ${name} is required.`, { message: `(#100) The parameter ${name} is required.` });

export const badParameter = (details: string) => new GraphError(100, details);
