import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Histogram, Registry } from 'prom-client';
import { loadConfig } from '#libs/config';
import { createLogger, loggableUrl, METRICS, NestLogger, ObservabilityModule } from '#libs/observability';
import { answerClientError, noteUnderWay } from './client-error.js';
import { completeDocument } from './complete-document.js';
import { nativeEnvelope, type RenderRefusal } from './envelope.js';
import { HealthController } from './health.controller.js';
import { parseJsonBodies } from './json-body.js';
import { answerRefusal, RefusalFilter } from './refusal.filter.js';
import { nativeValidation } from './validation.js';

export interface ServeOptions {
  /** The process, e.g. `gateway` or `gateway-worker`. */
  name: string;
  /** The app's module; its providers include READINESS. */
  module: Type | DynamicModule;
  /** What the app is, in a sentence, for /docs. Workers have no API and leave it out. */
  describe?: string;
  /** The last hand on the API document, where its decorators do not say all. */
  finishDocument?: (document: OpenAPIObject) => void;
  renderRefusal?: RenderRefusal;
  /** Largest JSON body in bytes. */
  bodyLimit?: number;
  /** Another address to route a request by: an app that ignores a part of the path takes it out here. */
  rewriteUrl?: (url: string) => string;
  /** Where to listen instead of HOST and PORT (tests). */
  listen?: { host: string; port: number };
  /** Last words before listening: plugins such as multipart. */
  prepare?: (app: NestFastifyApplication) => Promise<void> | void;
  logger?: Logger;
}

/** A request id as clients may hand one in: short and harmless in a log. */
const givenRequestId = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : undefined;

/**
 * Starts one process of Paloma: Nest on Fastify, logs with a request id, health, metrics, API document, one envelope
 * for every refusal, graceful stop on SIGTERM and SIGINT. Workers are served too: health and metrics are their API.
 *
 * @returns the running app and the address it listens on
 */
export async function serve(options: ServeOptions): Promise<{ app: NestFastifyApplication; url: string }> {
  const logger = options.logger ?? createLogger(options.name);
  const render = options.renderRefusal ?? nativeEnvelope;
  const bodyLimit = options.bodyLimit ?? 1024 * 1024;
  const { rewriteUrl } = options;
  const proxies = loadConfig(['TRUSTED_PROXIES']).TRUSTED_PROXIES;
  const adapter = new FastifyAdapter({
    bodyLimit,
    // Whose word counts for where a request comes from: throttles and the audit log go by it.
    trustProxy: proxies.length > 0 ? [...proxies] : false,
    genReqId: (req: { headers: Record<string, unknown> }) =>
      givenRequestId(req.headers['x-request-id']) ?? randomUUID(),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
    // A path that cannot be read, or is too long, is refused before there is a route.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('x-request-id', request.id);
      answerRefusal(error, request, reply, render, logger);
    },
    // Bytes that are no request at all never become one.
    clientErrorHandler: (error: Error, socket: Socket) => answerClientError(error, socket, render),
    ...(rewriteUrl ? { rewriteUrl: (request: { url?: string }) => rewriteUrl(request.url ?? '/') } : {}),
  });

  @Module({
    imports: [ObservabilityModule.forRoot(logger), options.module],
    controllers: [HealthController],
  })
  class Process {}

  const app = await NestFactory.create<NestFastifyApplication>(Process, adapter, {
    logger: new NestLogger(logger),
    rawBody: true,
    abortOnError: false,
  });
  parseJsonBodies(app, bodyLimit);
  app.useGlobalFilters(new RefusalFilter(render, logger));
  app.useGlobalPipes(nativeValidation());
  observe(app, logger);
  await options.prepare?.(app);

  if (options.describe) {
    const document = SwaggerModule.createDocument(
      app,
      new DocumentBuilder()
        .setTitle(`Paloma ${options.name}`)
        .setDescription(options.describe)
        .setVersion('1')
        .addBearerAuth()
        .build(),
    );
    options.finishDocument?.(document);
    completeDocument(document);
    SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json' });
  }

  const { host, port } = options.listen ?? listenFromConfig();
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  await app.listen(port, host);
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  logger.info({ url }, `${options.name} listens`);
  return { app, url };
}

function listenFromConfig(): { host: string; port: number } {
  const { HOST, PORT } = loadConfig(['HOST', 'PORT']);
  return { host: HOST, port: PORT };
}

/** One log line and one observation per request; the request id goes back to the caller. */
function observe(app: NestFastifyApplication, logger: Logger): void {
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    registers: [app.get<Registry>(METRICS)],
  });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) =>
    noteUnderWay(request.raw, reply.raw),
  );
  fastify.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('x-request-id', request.id);
  });
  fastify.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    const line = {
      requestId: request.id,
      method: request.method,
      url: loggableUrl(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (route === '/healthz' || route === '/metrics' || route === '/readyz') logger.trace(line, 'request');
    else logger.debug(line, 'request');
  });
}
