import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Periodic } from '#libs/queues';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IdempotencyKeys } from './idempotency-keys.js';

/** For an app's HTTP process: all of its writes take an Idempotency-Key. */
@Module({
  providers: [IdempotencyKeys, { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor }],
  exports: [IdempotencyKeys],
})
export class IdempotencyModule {}

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
