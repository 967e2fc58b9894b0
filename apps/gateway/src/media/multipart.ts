import multipart from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Teaches Fastify forms with files, as streams. */
@Injectable()
export class Multipart {
  constructor(host: HttpAdapterHost) {
    void host.httpAdapter.getInstance<FastifyInstance>().register(multipart);
  }
}
