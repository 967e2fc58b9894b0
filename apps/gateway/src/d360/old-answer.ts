/** What stands beside every answer of the old API (On-Premises 2.53, whose shape 360dialog's `/v1` has). */
export const META = { api_status: 'stable', version: 'v2.53.0' } as const;

const OLD = /^\/v1(\/|\?|$)/;

/** Whether a path belongs to the old API. */
export const isOldPath = (url: string): boolean => OLD.test(url);

interface Told {
  code?: number;
  message?: string;
  error_data?: { details?: string };
}

/**
 * A refusal for clients of the old API: Meta's envelope, and beside it the two places in which they look, `errors` of the
 * On-Premises API and `meta.developer_message` of 360dialog.
 */
export function oldRefusal(envelope: { error: object }, httpStatus: number): object {
  const { code, message, error_data }: Told = envelope.error;
  const details = error_data?.details ?? message ?? '';
  return {
    ...envelope,
    errors: [{ code, title: message, details }],
    meta: { ...META, success: false, http_code: httpStatus, developer_message: details },
  };
}
