import { createBullBoard } from '@bull-board/api';
import { BullAdapter } from '@bull-board/api/bullAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { answerRefusal, nativeEnvelope, Refusal } from '#libs/http';
import { LOGGER } from '#libs/observability';
import { queuesToLookAt } from '#libs/queues';
import { Needs, StaffDesk, StaffGuard } from '#libs/staff';
import { bearerOf } from './bearer-of.js';

const PATH = '/admin/queues';

/**
 * The pages of bull-board with every queue, for looking only. They are not Nest's routes, so the guard of the staff stands
 * before them here. Jobs carry ids and nothing that anybody wrote.
 */
@Injectable()
export class QueueBoard implements OnModuleInit, OnApplicationShutdown {
  private close: (() => Promise<void>) | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly desk: StaffDesk,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const { queues, close } = queuesToLookAt();
    this.close = close;
    const pages = new FastifyAdapter();
    pages.setBasePath(PATH);
    createBullBoard({
      queues: queues.map((queue) => new BullAdapter(queue, { readOnlyMode: true })),
      serverAdapter: pages,
      options: { uiConfig: { boardTitle: 'Paloma' } },
    });
    const fastify: FastifyInstance = this.host.httpAdapter.getInstance();
    void fastify.register(async (scope) => {
      const guard = new StaffGuard(this.desk);
      scope.addHook('onRequest', (request, reply) => this.admit(guard, request, reply));
      await scope.register(pages.registerPlugin(), { prefix: PATH });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close?.();
  }

  /** Answers by itself where nobody is let in: the pages have an error handler of their own, to which all is a fault. */
  private async admit(
    guard: StaffGuard,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> {
    request.headers.authorization = bearerOf(request.headers.authorization);
    try {
      await guard.canActivate(new ExecutionContextHost([request, reply], QueueBoard, this.look));
      if (request.method === 'GET' || request.method === 'HEAD') return undefined;
      throw new Refusal(405, 'method_not_allowed', 'The board is for looking only.');
    } catch (error) {
      // A browser then asks for a name and a password, and sends them with each file of the page.
      if (error instanceof Refusal && error.status === 401) {
        reply.header('www-authenticate', 'Basic realm="Access token of the staff as password"');
      }
      answerRefusal(error, request, reply, nativeEnvelope, this.logger);
      return reply;
    }
  }

  /** What the guard asks for. */
  @Needs('queues.read')
  look(): void {}
}
