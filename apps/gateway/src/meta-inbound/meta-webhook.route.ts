import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { loadConfig } from '#libs/config';
import { nativeEnvelope, Refusal } from '#libs/http';
import { LOGGER } from '#libs/observability';
import { ReceiveWebhook } from './receive-webhook.js';

/** Meta sends up to 3 MB (webhooks overview, 2025-12-02). */
const LARGEST_WEBHOOK = 3 * 1024 * 1024;

const PATH = '/meta/webhooks';

function sameText(given: unknown, wanted: string): boolean {
  const [a, b] = [Buffer.from(typeof given === 'string' ? given : ''), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Where Meta calls us: `GET` the handshake, `POST` the webhooks. It is a route of Fastify's own and no controller: it needs
 * the bytes before anything parses them, takes larger bodies than the rest, and is called more often than all else.
 */
@Injectable()
export class MetaWebhookRoute {
  private readonly verifyToken = loadConfig(['META_VERIFY_TOKEN']).META_VERIFY_TOKEN;

  constructor(
    private readonly receiver: ReceiveWebhook,
    host: HttpAdapterHost,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const fastify = host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_WEBHOOK }, (_, body, done) =>
        done(null, body),
      );
      scope.setErrorHandler((error, request, reply) => this.refuse(error, request, reply));
      scope.get(PATH, (request, reply) => this.handshake(request, reply));
      scope.post(PATH, { bodyLimit: LARGEST_WEBHOOK }, async (request, reply) => {
        const signature = request.headers['x-hub-signature-256'];
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        await this.receiver.receive(body, typeof signature === 'string' ? signature : undefined);
        return reply.status(200).send();
      });
    });
  }

  /** Proves that the address is ours: the challenge goes back as plain text if the verify token is ours. */
  private handshake(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const query = request.query as Record<string, unknown>;
    const challenge = query['hub.challenge'];
    if (
      query['hub.mode'] !== 'subscribe' ||
      typeof challenge !== 'string' ||
      !sameText(query['hub.verify_token'], this.verifyToken)
    ) {
      throw Refusal.forbidden('hub.mode must be subscribe and hub.verify_token must be ours.');
    }
    return reply.status(200).type('text/plain; charset=utf-8').send(challenge);
  }

  private refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const status = (error as { statusCode?: number }).statusCode;
    const refusal =
      error instanceof Refusal
        ? error
        : status === 413
          ? new Refusal(413, 'payload_too_large', 'A webhook of Meta has at most 3 MB.')
          : new Refusal(500, 'internal', 'The webhook could not be stored; send it again.', { cause: error });
    if (refusal.status >= 500)
      this.logger.error({ err: error, requestId: request.id }, 'a webhook could not be stored');
    void reply.status(refusal.status).send(nativeEnvelope(refusal, { url: request.url, id: request.id }));
  }
}
