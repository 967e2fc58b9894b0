import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { nativeEnvelope, Refusal } from '#libs/http';
import { LOGGER } from '#libs/observability';
import { ReceiveCallback } from './receive-callback.js';

/** No page says how large a callback can be; as large as a webhook of the Cloud API (3 MB, webhooks overview, 2025-12-02). */
const LARGEST_CALLBACK = 3 * 1024 * 1024;

/** Where On-Premises clients post their callbacks; like the route of Meta's webhooks, it needs the bytes as they came. */
@Injectable()
export class CallbackRoute {
  constructor(
    private readonly receiver: ReceiveCallback,
    host: HttpAdapterHost,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const fastify = host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_CALLBACK }, (_, body, done) =>
        done(null, body),
      );
      scope.setErrorHandler((error, request, reply) => this.refuse(error, request, reply));
      scope.post('/on-premises/webhooks/:id', { bodyLimit: LARGEST_CALLBACK }, async (request, reply) => {
        const { id } = request.params as { id: string };
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        await this.receiver.receive(id, (request.query as { token?: unknown }).token, body);
        return reply.status(200).send();
      });
    });
  }

  private refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const status = (error as { statusCode?: number }).statusCode;
    const refusal =
      error instanceof Refusal
        ? error
        : status === 413
          ? new Refusal(413, 'payload_too_large', 'A callback has at most 3 MB.')
          : new Refusal(500, 'internal', 'The callback could not be stored; send it again.', { cause: error });
    if (refusal.status >= 500)
      this.logger.error({ err: error, requestId: request.id }, 'a callback could not be stored');
    void reply.status(refusal.status).send(nativeEnvelope(refusal, { url: request.url, id: request.id }));
  }
}
