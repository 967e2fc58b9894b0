import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';
import { rawBodyOf, rawBodyRoutes } from '../meta-inbound/raw-body-routes.js';
import { ReceiveCallback } from './receive-callback.js';

const WORDS = { noun: 'callback', tooLarge: 'A callback has at most 3 MB.' } as const;

/** Where On-Premises clients post their callbacks. */
@Injectable()
export class CallbackRoute {
  constructor(receiver: ReceiveCallback, host: HttpAdapterHost, @Inject(LOGGER) logger: Logger) {
    rawBodyRoutes(host, logger, WORDS, (scope) => {
      scope.post('/on-premises/webhooks/:id', async (request, reply) => {
        const { id } = request.params as { id: string };
        await receiver.receive(id, (request.query as { token?: unknown }).token, rawBodyOf(request));
        return reply.status(200).send();
      });
    });
  }
}
