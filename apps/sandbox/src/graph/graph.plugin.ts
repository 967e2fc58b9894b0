import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../http/metrics.js';
import type { Meta } from '../meta.js';
import { digitsOf } from '../state/phone.js';
import type { Json } from '../state/records.js';
import { dispatch } from './dispatch.js';
import type { GraphCall, UploadedFile } from './graph-call.js';
import { isObject } from './graph-call.js';
import { GraphError } from './graph-error.js';
import { downloadMedia } from './media.js';

// The version clients get who name none.
const NEWEST_MAJOR = 24;
// What Meta's code would be where a fault names only a status.
const LIKELY_CODE: Readonly<Record<number, number>> = { 400: 100, 401: 190, 403: 131005, 429: 130429, 503: 131016 };
const VERSION = /^v(\d+)(?:\.\d+)?$/;

/**
 * The Graph API as one catch-all route: what a path means depends on the kind of object its id names, which no router
 * knows. It is a plain Fastify route because every message of a benchmark passes here.
 */
export function registerGraph(fastify: FastifyInstance, meta: Meta, metrics: Metrics): void {
  fastify.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/*',
    schema: { hide: true } as Record<string, unknown>,
    handler: (request, reply) => answer(meta, metrics, request, reply),
  });
}

async function answer(meta: Meta, metrics: Metrics, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { world } = meta;
  const call = await readCall(meta, request);
  const logged = world.calls.add({
    at: world.now(),
    method: call.method,
    path: call.path,
    version: call.version,
    query: withoutToken(call.query),
    body: call.file
      ? {
          ...(call.params as object),
          file: { filename: call.file.filename, type: call.file.mimeType, size: call.file.bytes.length },
        }
      : call.body,
  });
  const respond = (status: number, body: unknown, code?: number) => {
    logged.status = status;
    if (code !== undefined) logged.error_code = code;
    metrics.graphCalls.inc({ edge: edgeLabel(call), status });
    reply.code(status).header('facebook-api-version', call.version ?? `v${NEWEST_MAJOR}.0`);
    return reply.send(body);
  };
  const cut = () => {
    logged.status = 0;
    metrics.graphCalls.inc({ edge: edgeLabel(call), status: 0 });
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  };

  const fault = world.faults.strikeCall(call.path, recipientOf(call.body));
  if (fault) logged.fault = fault.mode;
  const delay = world.settings.latency_ms + (fault?.mode === 'delay' ? (fault.delay_ms ?? 1_000) : 0);
  if (fault?.mode === 'drop') return cut();
  if (delay > 0) await wait(delay);
  try {
    if (fault?.mode === 'error') {
      if (fault.retry_after !== undefined) reply.header('retry-after', fault.retry_after);
      const code = fault.code ?? LIKELY_CODE[fault.http_status ?? 500] ?? 131000;
      throw new GraphError(code, 'A fault asked for through the sandbox.', {
        http: fault.http_status,
        subcode: fault.subcode,
      });
    }
    if (call.segments[0] === 'whatsapp_business' && call.segments[1] === 'attachments')
      return sendBytes(call, reply, respond);
    const result = await dispatch(call);
    return fault?.mode === 'drop_after_accept' ? cut() : respond(200, result);
  } catch (error) {
    if (fault?.mode === 'drop_after_accept') return cut();
    if (!(error instanceof GraphError)) {
      request.log.error({ err: error }, 'graph call failed');
      return respond(
        500,
        new GraphError(131000, 'The sandbox failed; see its log.').envelope(world.ids.trace()),
        131000,
      );
    }
    const extra = (error as GraphError & { extra?: Json }).extra;
    return respond(error.http, { ...extra, ...error.envelope(world.ids.trace()) }, error.code);
  }
}

async function readCall(meta: Meta, request: FastifyRequest): Promise<GraphCall> {
  const { world } = meta;
  const pathname = request.url.split('?', 1)[0]!;
  const segments = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const version = VERSION.test(segments[0] ?? '') ? segments.shift() : undefined;
  const query = request.query as Json;
  const read = request.isMultipart() ? await readForm(request) : undefined;
  const body = read ? read.fields : request.body;
  return {
    meta,
    world,
    method: request.method as GraphCall['method'],
    path: `/${segments.join('/')}`,
    segments,
    version,
    majorVersion: version ? Number(VERSION.exec(version)![1]) : NEWEST_MAJOR,
    query,
    body,
    params: isObject(body) ? { ...query, ...body } : query,
    rawToken: tokenOf(request, query, body),
    file: read?.file,
    baseUrl: world.config.publicUrl ?? `${request.protocol}://${request.host}`,
  };
}

async function readForm(request: FastifyRequest): Promise<{ fields: Json; file?: UploadedFile }> {
  const fields: Json = {};
  let file: UploadedFile | undefined;
  for await (const part of request.parts()) {
    if (part.type === 'file') file = { filename: part.filename, mimeType: part.mimetype, bytes: await part.toBuffer() };
    else fields[part.fieldname] = part.value;
  }
  return { fields, file };
}

function tokenOf(request: FastifyRequest, query: Json, body: unknown): string | undefined {
  const header = request.headers.authorization;
  const bearer = header && /^(?:Bearer|OAuth)\s+(.+)$/i.exec(header)?.[1];
  if (bearer) return bearer;
  const given = query.access_token ?? (isObject(body) ? body.access_token : undefined);
  return typeof given === 'string' ? given : undefined;
}

const withoutToken = (query: Json): Json => {
  if (query.access_token === undefined && query.client_secret === undefined) return query;
  const { access_token: _token, client_secret: _secret, ...rest } = query;
  return rest;
};

const recipientOf = (body: unknown): string | undefined =>
  isObject(body) && (typeof body.to === 'string' || typeof body.to === 'number')
    ? digitsOf(String(body.to))
    : undefined;

// Ids stay out of labels: a metric with one series per number would grow without end.
const edgeLabel = (call: GraphCall) => (/^[a-z_]+$/.test(call.segments[1] ?? '') ? call.segments[1]! : 'node');

function sendBytes(call: GraphCall, reply: FastifyReply, respond: (status: number, body: unknown) => unknown): unknown {
  if (!call.rawToken || !call.world.tokens.has(call.rawToken)) return respond(401, '');
  const media = downloadMedia(call);
  if (!media) return respond(404, '');
  reply.header('content-type', media.mimeType);
  return respond(200, media.bytes);
}
