import multipart from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Teaches the app to read forms with files; the limits are each route's own. */
@Injectable()
export class Multipart {
  constructor(host: HttpAdapterHost) {
    void host.httpAdapter.getInstance<FastifyInstance>().register(multipart);
  }
}
