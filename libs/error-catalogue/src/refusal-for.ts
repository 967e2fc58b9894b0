import { REFUSALS, type RefusalCode } from './refusals.js';

const BY_STATUS: Readonly<Record<number, RefusalCode>> = {
  401: 'invalid_token',
  402: 'balance_exhausted',
  403: 'permission_denied',
  404: 'unknown_object',
  405: 'method_not_allowed',
  409: 'idempotency_conflict',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_calls',
  502: 'temporarily_unavailable',
  503: 'temporarily_unavailable',
  504: 'temporarily_unavailable',
};

/**
 * The refusal of the catalogue for one that was raised elsewhere (a guard, a pipe, a throttle, the web server), so that it
 * too leaves in Meta's envelope.
 * @param code taken if the catalogue has it
 * @param httpStatus decides otherwise; an unexpected one is our own fault (5xx) or a bad request (4xx)
 */
export function refusalFor(code: string, httpStatus: number): RefusalCode {
  if (Object.hasOwn(REFUSALS, code)) return code as RefusalCode;
  return BY_STATUS[httpStatus] ?? (httpStatus >= 400 && httpStatus < 500 ? 'invalid_parameter' : 'internal');
}
