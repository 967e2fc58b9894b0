import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { nativeEnvelope, Refusal } from '#libs/http';

/**
 * Meta sends webhooks of up to 3 MB (webhooks overview, 2025-12-02). No page says how large a callback of an On-Premises
 * client can be; as large as those.
 */
const LARGEST_BODY = 3 * 1024 * 1024;

/**
 * Routes for what is told to us, with the bytes of each body as they came. They are Fastify's own and belong to no
 * controller: these bytes are needed before anything parses them, are more than elsewhere, and come more often than all
 * else. What cannot be stored is answered 500, so that it comes again.
 *
 * @param noun     what comes, for answers and the log
 * @param tooLarge what is said of more than 3 MB
 * @param declare  names the routes; each takes its body with `rawBodyOf`
 */
export function rawBodyRoutes(
  host: HttpAdapterHost,
  logger: Logger,
  { noun, tooLarge }: { noun: 'webhook' | 'callback'; tooLarge: string },
  declare: (scope: FastifyInstance) => void,
): void {
  const refusalOf = (error: FastifyError | Refusal): Refusal => {
    if (error instanceof Refusal) return error;
    if (error.statusCode === 413) return new Refusal(413, 'payload_too_large', tooLarge);
    return new Refusal(500, 'internal', `The ${noun} could not be stored; send it again.`, { cause: error });
  };
  void host.httpAdapter.getInstance<FastifyInstance>().register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_BODY }, (_, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
      const refusal = refusalOf(error);
      if (refusal.status >= 500) logger.error({ err: error, requestId: request.id }, `a ${noun} could not be stored`);
      void reply.status(refusal.status).send(nativeEnvelope(refusal, { url: request.url, id: request.id }));
    });
    declare(scope);
  });
}

/** The bytes as they came; none where there is no body. */
export const rawBodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
