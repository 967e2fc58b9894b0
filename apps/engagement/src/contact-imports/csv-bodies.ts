import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '#libs/http';

/** The only path whose body is a file. */
const IMPORTS = '/api/v1/contacts/imports';

/** A file on its way in. */
export class CsvBody {
  constructor(
    readonly bytes: Readable,
    private readonly length: string | undefined,
  ) {}

  /** What a repeated call is compared by (`Idempotency-Key`), since the bytes have not come yet. */
  toJSON(): unknown {
    return { csv: this.length ?? 'of unknown length' };
  }
}

/**
 * Bodies of CSV are handed on as they come and are never in memory as a whole; on the path of imports alone, since every
 * other one would take the stream apart as if it were JSON, which ends the process.
 */
@Injectable()
export class CsvBodies {
  constructor(host: HttpAdapterHost) {
    host.httpAdapter
      .getInstance<FastifyInstance>()
      .addContentTypeParser('text/csv', (request, payload, done) =>
        request.routeOptions.url === IMPORTS
          ? done(null, new CsvBody(payload, request.headers['content-length']))
          : done(new Refusal(415, 'unsupported_media_type', 'This path takes application/json.')),
      );
  }
}
