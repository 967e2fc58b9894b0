import 'reflect-metadata';
import multipart from '@fastify/multipart';
import { BadRequestException, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { ValidationError } from 'class-validator';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pino } from 'pino';
import type { SandboxConfig } from './config.js';
import { registerGraph } from './graph/graph.plugin.js';
import { GraphError } from './graph/graph-error.js';
import { documentGraph } from './graph/graph-openapi.js';
import { Metrics } from './http/metrics.js';
import { PinoLogger } from './http/pino-logger.js';
import { Meta } from './meta.js';
import { registerOnPremises } from './on-premises/on-premises.plugin.js';
import { SandboxModule } from './sandbox.module.js';

// Documents may have 100 MB (meta/messages.md §2).
const LARGEST_FILE = 101 * 1024 * 1024;

export interface Sandbox {
  meta: Meta;
  /** Where it listens, without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** Starts the sandbox; port 0 takes a free one. Several can run in one process. */
export async function startSandbox(config: SandboxConfig): Promise<Sandbox> {
  const log = pino({ level: config.logLevel, name: 'sandbox' });
  const meta = new Meta(config, (err) => log.error({ err }, 'a timer failed'));
  const metrics = new Metrics(() => meta.outbox.pending);
  meta.outbox.onAttempt = (field, status) => metrics.webhookAttempts.inc({ field, status });

  const adapter = new FastifyAdapter({
    bodyLimit: LARGEST_FILE,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 2_000 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(SandboxModule.with(meta, metrics), adapter, {
    logger: new PinoLogger(log),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  readBodies(fastify);
  await fastify.register(multipart, { limits: { fileSize: LARGEST_FILE } });
  // In a scope of its own, because its errors leave in Meta's envelope and those of the control calls in Nest's.
  await fastify.register(async (scope) => {
    scope.setErrorHandler(inEnvelope(meta));
    registerOnPremises(scope, meta);
    registerGraph(scope, meta, metrics);
  });
  app.useGlobalPipes(
    new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true, exceptionFactory: badInput }),
  );
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder().setTitle('Paloma sandbox').setDescription('A runnable stand-in for Meta.').build(),
  );
  documentGraph(document);
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json' });
  await app.listen(config.port, config.host);
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  log.info({ url }, 'sandbox is ready');
  return {
    meta,
    url,
    close: async () => {
      await meta.stop();
      await app.close();
    },
  };
}

/** JSON and forms are read, anything else is kept as bytes; broken JSON is refused in the form its caller expects. */
function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(/^application\/(?:[\w.+-]*\+)?json/, { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, {});
    try {
      done(null, JSON.parse(body as string));
    } catch {
      const details = 'The body is not valid JSON.';
      const control = request.url.startsWith('/_sandbox/');
      done(control ? new BadRequestException(details) : new GraphError(100, details), undefined);
    }
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)));
  });
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Errors before a handler runs: broken JSON, a body too large. */
const inEnvelope =
  (meta: Meta) => (error: Error & { statusCode?: number }, _request: FastifyRequest, reply: FastifyReply) => {
    const refusal =
      error instanceof GraphError ? error : new GraphError(100, error.message, { http: error.statusCode ?? 500 });
    return reply.code(refusal.http).send(refusal.envelope(meta.world.ids.trace()));
  };

/** One line per wrong field, all at once. */
function badInput(errors: ValidationError[]): BadRequestException {
  const lines = (list: ValidationError[], prefix: string): string[] =>
    list.flatMap((error) => [
      ...Object.values(error.constraints ?? {}).map((line) => prefix + line),
      ...lines(error.children ?? [], `${prefix}${error.property}.`),
    ]);
  return new BadRequestException({ statusCode: 400, error: 'Bad Request', message: lines(errors, '') });
}
