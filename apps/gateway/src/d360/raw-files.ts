import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '../graph-envelope/refuse.js';

/** Where the body is a file as it is, of whatever type its header says. */
export const RAW_FILE_PATHS: readonly string[] = ['/v1/media', '/v1/settings/profile/photo'];

// A type of our own for which no parser of Fastify's reads the body: it is streamed by the handler.
const UNREAD = 'application/x-paloma-unread';
const FORM = /^multipart\/form-data\b/i;

/** Lets files through unread on the paths that take them as they are. */
@Injectable()
export class RawFiles {
  private readonly announced = new WeakMap<object, string | undefined>();

  constructor(host: HttpAdapterHost) {
    const fastify = host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addContentTypeParser(UNREAD, (_request, _payload, done) => done(null, undefined));
    fastify.addHook('onRequest', async (request) => {
      if (request.method !== 'POST' || !RAW_FILE_PATHS.includes(request.routeOptions.url ?? '')) return;
      const given = request.headers['content-type'];
      if (FORM.test(given ?? '')) return;
      this.announced.set(request.raw, given);
      request.headers['content-type'] = UNREAD;
    });
  }

  /**
   * The type that the sender gave to the file in the body.
   *
   * @throws Refusal for a form, where the file should be the body
   */
  typeOf(request: FastifyRequest): string | undefined {
    if (this.announced.has(request.raw)) return this.announced.get(request.raw);
    throw refuse('unsupported_media_type', 'Send the file itself as the body, with its type in Content-Type.');
  }
}
