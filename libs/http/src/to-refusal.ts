import { HttpException } from '@nestjs/common';
import { Refusal } from './refusal.js';

const BY_STATUS: Readonly<Record<number, [code: string, details: string]>> = {
  400: ['invalid_request', 'The request is not valid.'],
  401: ['unauthenticated', 'Send a valid token.'],
  403: ['forbidden', 'This token may not do that.'],
  404: [
    'unknown_path',
    'There is nothing at this path. See /docs. A slash within an id, as some of Meta’s have, is written %2F in a path.',
  ],
  405: ['method_not_allowed', 'This path does not answer to this method. See /docs.'],
  409: ['conflict', 'The request contradicts what is stored.'],
  413: ['payload_too_large', 'The body is larger than this path takes.'],
  414: ['path_too_long', 'A part of the path is longer than any id or name is.'],
  415: ['unsupported_media_type', 'This path takes application/json.'],
  429: ['too_many_requests', 'Slow down and try again.'],
  503: ['unavailable', 'Try again shortly.'],
};

/** What Fastify's plugins throw inside a handler (multipart limits, for one). */
interface FastifyError extends Error {
  statusCode: number;
  code: string;
}
const isFastifyError = (e: unknown): e is FastifyError =>
  e instanceof Error && typeof (e as Partial<FastifyError>).statusCode === 'number';

/**
 * Text that PostgreSQL cannot hold: U+0000 in a text (22021) or in jsonb (22P05), half of a surrogate pair in jsonb
 * (22P02 with that detail). It comes from the caller, in a body, a path or a query, so the caller is told.
 */
function isUnstorableText(thrown: unknown): boolean {
  const { code, driverError } = thrown as { code?: unknown; driverError?: { detail?: unknown } };
  if (code === '22021' || code === '22P05') return true;
  return code === '22P02' && /^Unicode (high|low) surrogate/.test(String(driverError?.detail));
}

const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03', '53300']);

/**
 * The database (or Redis) does not answer: refused, cut, starting, stopping, or out of connections (class 08, 53300 and 57P0x
 * of PostgreSQL). The pool's and TypeORM's own errors of a lost connection have no code.
 */
function isServiceAway(error: Error & { code?: unknown }): boolean {
  if (typeof error.code === 'string') return AWAY.has(error.code) || /^08\w{3}$/.test(error.code);
  return (
    error.name === 'QueryRunnerAlreadyReleasedError' ||
    /^Connection terminated|^timeout exceeded when/.test(error.message)
  );
}

/** Fastify's own refusal of a body; Nest wraps it when the body is parsed. */
const isBodyTooLarge = (thrown: unknown): boolean =>
  (thrown as { code?: unknown } | undefined)?.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ||
  (thrown instanceof HttpException && thrown.getStatus() === 413);

const inWords = (bytes: number): string =>
  bytes % MEBIBYTE === 0 ? `${bytes / MEBIBYTE} MB (${bytes} bytes)` : `${bytes} bytes`;
const MEBIBYTE = 1024 * 1024;

/**
 * Whatever was thrown, as a refusal that may be shown; a surprise keeps its cause for the log and hides it here.
 *
 * @param bodyLimit largest body in bytes that the path takes, where there is a path
 */
export function toRefusal(thrown: unknown, bodyLimit?: number): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (isBodyTooLarge(thrown) && bodyLimit !== undefined) {
    const details = `The body is larger than the ${inWords(bodyLimit)} that this path takes.`;
    return new Refusal(413, 'payload_too_large', details, { cause: thrown });
  }
  if (thrown instanceof HttpException) {
    const status = thrown.getStatus();
    const [code, details] = BY_STATUS[status] ?? ['refused', 'The request was refused.'];
    // Nest's own pipes say what is wrong with a parameter; its other exceptions only repeat their status.
    const said = status === 400 && thrown.message !== 'Bad Request' ? `${thrown.message}.` : details;
    return new Refusal(status, code, said, { cause: thrown });
  }
  if (isFastifyError(thrown) && thrown.statusCode >= 400 && thrown.statusCode < 500) {
    const [code, details] = BY_STATUS[thrown.statusCode] ?? ['refused', 'The request was refused.'];
    return new Refusal(thrown.statusCode, code, details, { cause: thrown });
  }
  if (thrown instanceof Error && isUnstorableText(thrown)) {
    const details =
      'The request contains the character U+0000 or half of a surrogate pair, which no text here can have.';
    return new Refusal(400, 'invalid_request', details, { cause: thrown });
  }
  if (thrown instanceof Error && isServiceAway(thrown)) {
    const details =
      'Our database does not answer at the moment, so this may or may not have been done. Try again shortly.';
    return new Refusal(503, 'unavailable', details, { retryAfterSeconds: 2, cause: thrown });
  }
  return new Refusal(500, 'internal', 'Something went wrong on our side. Quote the request id to support.', {
    cause: thrown,
  });
}
