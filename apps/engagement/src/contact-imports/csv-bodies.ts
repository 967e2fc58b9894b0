import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

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

/** Bodies of CSV are handed on as they come and are never in memory as a whole. */
@Injectable()
export class CsvBodies {
  constructor(host: HttpAdapterHost) {
    host.httpAdapter
      .getInstance<FastifyInstance>()
      .addContentTypeParser('text/csv', (request, payload, done) =>
        done(null, new CsvBody(payload, request.headers['content-length'])),
      );
  }
}
