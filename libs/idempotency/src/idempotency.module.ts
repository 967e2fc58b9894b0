import { Injectable, Module, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Periodic } from '#libs/queues';
import { IdempotencyKeys } from './idempotency-keys.js';
import { makeRepeatable } from './make-repeatable.js';

/** For an app's HTTP process: all of its writes take an Idempotency-Key. */
@Module({ imports: [DiscoveryModule], providers: [IdempotencyKeys], exports: [IdempotencyKeys] })
export class IdempotencyModule {
  constructor(keys: IdempotencyKeys, { httpAdapter }: HttpAdapterHost, discovery: DiscoveryService) {
    (httpAdapter.getInstance() as FastifyInstance).decorate('idempotencyKeys', keys);
    for (const { metatype } of discovery.getControllers()) if (metatype) makeRepeatable(metatype as Type);
  }
}

const FORGET_EVERY_MS = 60_000;

@Injectable()
export class ForgetKeys implements OnApplicationBootstrap {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly periodic: Periodic,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('forget idempotency keys', FORGET_EVERY_MS, async () => {
      await this.keys.forget();
    });
  }
}

/** For one worker: removes keys whose time is over, of all apps. */
@Module({ providers: [IdempotencyKeys, ForgetKeys] })
export class IdempotencyWorkerModule {}
