import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isObject } from '../graph/graph-call.js';
import type { Meta } from '../meta.js';
import type { Json } from '../state/records.js';
import { OnPremisesError, onPremisesTitle } from './on-premises-error.js';

const META = { api_status: 'stable', version: 'v2.53.0' };

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** The `/v1` nodes of the On-Premises client that a sender needs. */
export function registerOnPremises(fastify: FastifyInstance, meta: Meta): void {
  const { onPremises: client, world } = meta;
  const route = (method: string, url: string, handler: Handler, open = false) =>
    fastify.route({
      method,
      url: `/v1${url}`,
      handler: async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? { bytes: request.body.length } : request.body;
        const logged = world.calls.add({
          at: world.now(),
          method,
          path: request.url.split('?', 1)[0]!,
          query: request.query as Json,
          body,
        });
        try {
          if (!open) client.requireLogin(request.headers.authorization);
          const answer = await handler(request, reply);
          logged.status = reply.statusCode;
          if (Buffer.isBuffer(answer)) return reply.send(answer);
          return { ...(answer as object), meta: META };
        } catch (error) {
          if (!(error instanceof OnPremisesError)) throw error;
          logged.status = error.http;
          logged.error_code = error.code;
          reply.code(error.http);
          return {
            meta: META,
            errors: [{ code: error.code, title: onPremisesTitle(error.code), details: error.details }],
          };
        }
      },
    });
  const bodyOf = (request: FastifyRequest): Json => (isObject(request.body) ? request.body : {});

  route(
    'POST',
    '/users/login',
    (request) => {
      const basic = /^Basic\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const [user = '', ...password] = Buffer.from(basic, 'base64').toString().split(':');
      const wanted = bodyOf(request).new_password;
      const { token, expiresAt } = client.login(
        user,
        password.join(':'),
        typeof wanted === 'string' ? wanted : undefined,
      );
      const expires = new Date(expiresAt)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z/, '+00:00');
      return { users: [{ token, expires_after: expires }] };
    },
    true,
  );
  route('POST', '/users/logout', (request) => {
    client.tokens.delete((request.headers.authorization ?? '').replace(/^Bearer\s+/i, ''));
    return {};
  });
  route('GET', '/health', () => ({ health: { gateway_status: client.number() ? 'connected' : 'unregistered' } }));
  route('POST', '/contacts', (request) => {
    const contacts = bodyOf(request).contacts;
    if (!Array.isArray(contacts)) throw new OnPremisesError(1008, 'contacts is missing');
    return {
      contacts: contacts.map((given) => {
        const input = String(given);
        const digits = input.replace(/\D/g, '');
        return digits.length >= 7 ? { input, status: 'valid', wa_id: digits } : { input, status: 'invalid' };
      }),
    };
  });
  route('POST', '/messages', (request, reply) => {
    const id = client.send(bodyOf(request));
    reply.code(201);
    return { messages: [{ id }] };
  });
  route('PUT', '/messages/:id', () => ({}));
  route('POST', '/media', (request, reply) => {
    if (!Buffer.isBuffer(request.body)) throw new OnPremisesError(1008, 'The file is missing.');
    const id = randomUUID();
    client.media.set(id, {
      mimeType: request.headers['content-type'] ?? 'application/octet-stream',
      bytes: request.body,
    });
    reply.code(201);
    return { media: [{ id }] };
  });
  route('GET', '/media/:id', (request, reply) => {
    const media = client.media.get((request.params as Json).id as string);
    if (!media) throw new OnPremisesError(1006, 'Media was not found.', 404);
    reply.header('content-type', media.mimeType);
    return media.bytes;
  });
  route('DELETE', '/media/:id', (request) => {
    if (!client.media.delete((request.params as Json).id as string))
      throw new OnPremisesError(1006, 'Media was not found.', 404);
    return {};
  });
  route('GET', '/settings/application', () => ({ settings: { application: client.settings } }));
  route('PATCH', '/settings/application', (request) => {
    Object.assign(client.settings, bodyOf(request));
    return {};
  });
  // Registration ended with the product (meta/onboarding.md §9, sunset 2025-10-23).
  route('POST', '/account', () => {
    throw new OnPremisesError(1005, 'Unknown error: biz_link_on_prem_reg_blocked', 403);
  });
}
