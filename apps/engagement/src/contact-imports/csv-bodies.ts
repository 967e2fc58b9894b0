import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Bodies of CSV are handed on as they come and are never in memory as a whole. */
@Injectable()
export class CsvBodies {
  constructor(host: HttpAdapterHost) {
    host.httpAdapter
      .getInstance<FastifyInstance>()
      .addContentTypeParser('text/csv', (_, payload, done) => done(null, payload));
  }
}
