// Nearest On-Premises code of a Cloud API code (Meta's On-Premises error page, stored copy, and general knowledge).
const NEAREST: Readonly<Record<number, number>> = {
  100: 1009,
  130429: 429,
  130472: 472,
  131008: 1008,
  131009: 1009,
  131016: 1016,
  131021: 1021,
  131026: 1013,
  131031: 1031,
  131042: 402,
  131043: 410,
  131045: 430,
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
  137000: 480,
};

const TITLES: Readonly<Record<number, string>> = {
  402: 'Business eligibility - Payment issue',
  410: 'Message expired',
  429: 'Rate limit hit',
  430: 'Unsigned certificate',
  470: 'Re-engagement message',
  471: 'Spam rate limit hit',
  472: "User's number is part of an experiment",
  480: 'User potentially changed',
  1000: 'Generic error',
  1002: 'Invalid recipient type',
  1004: 'Resource already exists',
  1005: 'Access denied',
  1006: 'Resource not found',
  1008: 'Required parameter is missing',
  1009: 'Parameter value is not valid',
  1010: 'Parameter is not required',
  1011: 'Service not ready',
  1013: 'User is not valid',
  1014: 'Internal error',
  1015: 'Too many requests',
  1016: 'System overloaded',
  1021: 'Bad user',
  1024: 'Password change required',
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

const META = { api_status: 'stable', version: 'v2.53.0' };

/** What every answer carries beside its content. */
export const withMeta = (content: object) => ({ ...content, meta: META });

/** A refusal of the On-Premises client: `{meta, errors:[{code, title, details}]}`. */
export class OnPremisesError extends Error {
  constructor(
    readonly code: number,
    readonly details: string,
    readonly http = code === 429 ? 429 : 400,
  ) {
    super(`${code} ${onPremisesTitle(code)}`);
  }

  envelope(): object {
    return withMeta({ errors: [{ code: this.code, title: onPremisesTitle(this.code), details: this.details }] });
  }
}

export const missing = (name: string) => new OnPremisesError(1008, `${name} is missing`);
export const bad = (details: string) => new OnPremisesError(1009, details);
