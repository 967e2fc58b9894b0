// Nearest On-Premises code and title of a Cloud API code (meta/errors-onprem.csv).
const NEAREST: Readonly<Record<number, number>> = {
  100: 1009,
  130429: 429,
  131008: 1008,
  131009: 1009,
  131016: 1016,
  131021: 1021,
  131026: 1013,
  131031: 1031,
  131042: 402,
  131047: 470,
  131048: 471,
  131056: 429,
  132000: 2000,
  132001: 2001,
  132005: 2005,
  132007: 2007,
  132012: 2003,
  132018: 2003,
  133010: 1011,
};

const TITLES: Readonly<Record<number, string>> = {
  402: 'Business eligibility - Payment issue',
  429: 'Rate limit hit',
  470: 'Re-engagement message',
  471: 'Spam rate limit hit',
  1000: 'Generic error',
  1005: 'Access denied',
  1006: 'Resource not found',
  1008: 'Required parameter is missing',
  1009: 'Parameter value is not valid',
  1011: 'Service not ready',
  1013: 'User is not valid',
  1016: 'System overloaded',
  1021: 'Bad user',
  1025: 'Invalid request',
  1031: 'Sender account has been locked',
  2000: 'Template param count mismatch',
  2001: 'Template does not exist',
  2003: 'Template format mismatch',
  2005: 'Translated text too long',
  2007: 'Template character policy violated',
};

export const onPremisesCode = (cloudCode: number) => NEAREST[cloudCode] ?? 1000;
export const onPremisesTitle = (code: number) => TITLES[code] ?? 'Generic error';

/** A refusal of the On-Premises client: `{meta, errors:[{code, title, details}]}`. */
export class OnPremisesError extends Error {
  constructor(
    readonly code: number,
    readonly details: string,
    readonly http = code === 429 ? 429 : 400,
  ) {
    super(`${code} ${onPremisesTitle(code)}`);
  }
}
