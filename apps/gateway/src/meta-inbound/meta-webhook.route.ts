import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Refusal } from '#libs/http';
import { LOGGER } from '#libs/observability';
import { MetaApp } from '#libs/provider-settings';
import { rawBodyOf, rawBodyRoutes } from './raw-body-routes.js';
import { ReceiveWebhook } from './receive-webhook.js';
import { sameText } from './same-text.js';

const PATH = '/meta/webhooks';
const WORDS = { noun: 'webhook', tooLarge: 'A webhook of Meta has at most 3 MB.' } as const;

/** Where Meta calls us: `GET` the handshake, `POST` the webhooks. */
@Injectable()
export class MetaWebhookRoute {
  constructor(
    receiver: ReceiveWebhook,
    host: HttpAdapterHost,
    private readonly metaApp: MetaApp,
    @Inject(LOGGER) logger: Logger,
  ) {
    rawBodyRoutes(host, logger, WORDS, (scope) => {
      scope.get(PATH, (request, reply) => this.handshake(request, reply));
      scope.post(PATH, async (request, reply) => {
        const signature = request.headers['x-hub-signature-256'];
        await receiver.receive(rawBodyOf(request), typeof signature === 'string' ? signature : undefined);
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
      !this.metaApp.verifyTokens.some((token) => sameText(query['hub.verify_token'], token))
    ) {
      throw Refusal.forbidden('hub.mode must be subscribe and hub.verify_token must be ours.');
    }
    return reply.status(200).type('text/plain; charset=utf-8').send(challenge);
  }
}
