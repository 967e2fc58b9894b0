import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { RenderRefusal } from './envelope.js';
import { toRefusal } from './to-refusal.js';

/** The one place from which a refusal leaves, whether Nest or Fastify met it. */
export function answerRefusal(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  render: RenderRefusal,
  logger: Logger,
): void {
  const refusal = toRefusal(thrown, request.routeOptions?.bodyLimit);
  if (refusal.status >= 500) logger.error({ err: refusal.more.cause ?? refusal, requestId: request.id }, refusal.code);
  if (refusal.more.retryAfterSeconds !== undefined) {
    reply.header('Retry-After', String(Math.max(1, Math.ceil(refusal.more.retryAfterSeconds))));
  }
  void reply.status(refusal.status).send(render(refusal, { url: request.url, id: request.id }));
}

@Catch()
export class RefusalFilter implements ExceptionFilter {
  constructor(
    private readonly render: RenderRefusal,
    private readonly logger: Logger,
  ) {}
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerRefusal(thrown, http.getRequest(), http.getResponse(), this.render, this.logger);
  }
}
