import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isObject } from '../graph/graph-call.js';
import { GraphError } from '../graph/graph-error.js';
import type { Meta } from '../meta.js';
import { digitsOf } from '../state/phone.js';
import type { Json } from '../state/records.js';
import { ACCOUNT_ROUTES } from './account.routes.js';
import { MESSAGE_ROUTES } from './messages.routes.js';
import { OnPremisesError, onPremisesCode, withMeta } from './on-premises-error.js';
import { DEFAULT_CLIENT } from './on-premises-fleet.js';
import { SETTINGS_ROUTES } from './settings.routes.js';
import { ADMIN } from './users.js';
import { USER_ROUTES } from './users.routes.js';
import { isFile, type V1Call, type V1Route } from './v1-route.js';

const ROUTES = [...USER_ROUTES, ...ACCOUNT_ROUTES, ...MESSAGE_ROUTES, ...SETTINGS_ROUTES];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
// What the code would be where a fault names only a status.
const LIKELY_CODE: Readonly<Record<number, number>> = { 400: 1009, 401: 1005, 403: 1005, 429: 1015, 503: 1016 };

/** One client at `/v1`, as on a host of its own, and any number of them at `/on-premises/{name}/v1`. */
export function registerOnPremises(fastify: FastifyInstance, meta: Meta): void {
  void fastify.register(async (scope) => {
    // Errors before a handler runs (broken JSON, a body too large) leave in this API's form too.
    scope.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const details = error instanceof GraphError ? error.details : error.message;
      const http = error instanceof GraphError ? 400 : (error.statusCode ?? 500);
      return reply.code(http).send(new OnPremisesError(http >= 500 ? 1014 : 1025, details, http).envelope());
    });
    for (const prefix of ['/v1', '/on-premises/:client/v1']) {
      for (const route of ROUTES) {
        scope.route({
          method: route.method,
          url: prefix + route.path,
          handler: (request, reply) => answer(meta, route, request, reply),
        });
      }
      scope.route({
        method: METHODS,
        url: `${prefix}/*`,
        handler: (request, reply) => answer(meta, unknownNode(request), request, reply),
      });
    }
  });
}

const unknownNode = (request: FastifyRequest): Pick<V1Route, 'access' | 'handle'> => ({
  access: 'none',
  handle: () => {
    throw new OnPremisesError(1006, `There is no ${request.method} here.`, 404);
  },
});

/** Logs the call, lets a fault strike, asks for the token, and puts the answer in this API's form. */
async function answer(
  meta: Meta,
  route: Pick<V1Route, 'access' | 'handle'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { world } = meta;
  const params = request.params as Record<string, string>;
  const path = request.url.split('?', 1)[0]!;
  const bytes = Buffer.isBuffer(request.body) ? request.body : undefined;
  const body = isObject(request.body) && !bytes ? request.body : {};
  const logged = world.calls.add({
    at: world.now(),
    method: request.method,
    path,
    query: request.query as Json,
    body: bytes ? { bytes: bytes.length } : withoutSecrets(body),
  });
  const cut = () => {
    logged.status = 0;
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  };

  const fault = world.faults.strikeCall(path, recipientOf(body));
  if (fault) logged.fault = fault.mode;
  if (fault?.mode === 'drop') return cut();
  const delay = world.settings.latency_ms + (fault?.mode === 'delay' ? (fault.delay_ms ?? 1_000) : 0);
  if (delay > 0) await wait(delay);
  try {
    if (fault?.mode === 'error') {
      const http = fault.http_status ?? 500;
      const code = fault.code === undefined ? (LIKELY_CODE[http] ?? 1014) : oldCode(fault.code);
      throw new OnPremisesError(code, 'A fault asked for through the sandbox.', http);
    }
    const client = meta.onPremises.client(params.client ?? DEFAULT_CLIENT);
    const { authorization } = request.headers;
    if (route.access !== 'none') {
      const user = client.users.require(authorization);
      if (route.access === 'admin' && user !== ADMIN) throw new OnPremisesError(1005, 'Only the admin may.', 403);
    }
    const call: V1Call = {
      client,
      world,
      body,
      params,
      status: (code) => void reply.code(code),
      ...(bytes && { bytes }),
      ...(request.headers['content-type'] && { contentType: request.headers['content-type'] }),
      ...(authorization && { authorization }),
    };
    const said = route.handle(call);
    if (fault?.mode === 'drop_after_accept') return cut();
    logged.status = reply.statusCode;
    return isFile(said) ? reply.header('content-type', said.mimeType).send(said.bytes) : reply.send(withMeta(said));
  } catch (error) {
    if (!(error instanceof OnPremisesError)) throw error;
    if (fault?.mode === 'drop_after_accept') return cut();
    logged.status = error.http;
    logged.error_code = error.code;
    return reply.code(error.http).send(error.envelope());
  }
}

// Faults may name either API's codes; those of the Cloud API have six digits or are below 400.
const oldCode = (code: number) => (code >= 400 && code < 100_000 ? code : onPremisesCode(code));

const recipientOf = (body: Json) => (typeof body.to === 'string' ? digitsOf(body.to) : undefined);

const SECRETS = ['password', 'new_password', 'pin', 'code'];
const withoutSecrets = (body: Json): Json =>
  SECRETS.some((name) => name in body)
    ? Object.fromEntries(Object.entries(body).filter(([name]) => !SECRETS.includes(name)))
    : body;
