import type { LoggerService } from '@nestjs/common';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { loadConfig } from '#libs/config';

// What must never be written: secrets by their usual names, at the places where requests and errors carry them.
const SECRET_KEYS = ['authorization', 'cookie', 'd360-api-key', 'x-api-key', 'x-hub-signature-256'];
const SECRET_FIELDS = [
  'access_token',
  'accessToken',
  'password',
  'pin',
  'secret',
  'apiKey',
  'token',
  'payload',
  'body',
];
const redact = {
  paths: [
    ...SECRET_KEYS.flatMap((k) => [`req.headers["${k}"]`, `headers["${k}"]`]),
    ...SECRET_FIELDS.flatMap((k) => [k, `*.${k}`, `*.*.${k}`]),
  ],
  censor: '[redacted]',
};

/**
 * What an error may say in a log. Errors of PostgreSQL and TypeORM also carry the row and its parameters, which may hold
 * message bodies and hashes, so what is not named here is left out.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint, table, status, cause } = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...Object.fromEntries(Object.entries({ code, constraint, table, status }).filter(([, v]) => v !== undefined)),
    ...(cause instanceof Error ? { cause: describeError(cause) } : {}),
  };
}

/**
 * A URL as it may be kept: of its query only the names, because clients send tokens and customers' numbers there, and of a path
 * no customer, nor the id of a message that was received (Meta writes the customer's number into it). The other parts of our
 * paths are ids.
 */
export function loggableUrl(url: string): string {
  const [path = '', query] = url.split('?', 2);
  const shown = path.replace(/(\/service-windows\/|(?<!\/api)\/v1\/messages\/)[^/]+/, '$1[redacted]');
  if (query === undefined) return shown;
  return `${shown}?${query.replace(/=[^&]*/g, '=[redacted]')}`;
}

/** @param name the process, e.g. `gateway` or `gateway-worker`; it stands in every line */
export function createLogger(name: string, destination?: Parameters<typeof pino>[1]): Logger {
  const options: LoggerOptions = {
    name,
    level: loadConfig(['LOG_LEVEL']).LOG_LEVEL,
    redact,
    serializers: { err: describeError },
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Nest's own messages in the same stream; its start-up chatter is debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    const error = message instanceof Error ? message : rest.find((r) => r instanceof Error);
    this.logger.error({ err: error, context: rest.at(-1) }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ context }, String(message));
  }
}
