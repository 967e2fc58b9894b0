import { REFUSALS, type RefusalCode } from './refusals.js';

/** Meta's error envelope, the only shape in which a refusal leaves the Graph-compatible routes. */
export interface GraphError {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: number;
    readonly error_subcode?: number;
    readonly error_data: { readonly messaging_product: 'whatsapp'; readonly details: string };
    readonly fbtrace_id: string;
  };
}

/**
 * The body of a refusal; its HTTP status is `REFUSALS[refusal].httpStatus`.
 * @param details the fix, in a sentence for a person: some clients replace `message` for codes they know, so only
 *   `error_data.details` is sure to be read
 * @param fbtraceId the id under which our logs hold the call
 */
export function graphError(refusal: RefusalCode, details: string, fbtraceId: string): GraphError {
  const { metaCode, metaSubcode, message, type } = REFUSALS[refusal];
  return {
    error: {
      message: `(#${metaCode}) ${message}`,
      type,
      code: metaCode,
      ...(metaSubcode === undefined ? {} : { error_subcode: metaSubcode }),
      error_data: { messaging_product: 'whatsapp', details },
      fbtrace_id: fbtraceId,
    },
  };
}
