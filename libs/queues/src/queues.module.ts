import { BullModule, getQueueToken } from '@nestjs/bull';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Queue } from 'bull';
import { Redis } from 'ioredis';
import { loadConfig } from '#libs/config';
import type { LaneName } from './jobs.js';
import { Periodic } from './periodic.js';
import { Sweeper } from './sweeper.js';
import { Wake } from './wake.js';
import { forgiveUnnamedWorker } from './worker-name.js';

export const REDIS = Symbol('Redis');
const NAMED_WORKERS = Symbol('NamedWorkers');

/** The job queues and the one Redis connection for everything that is not a queue. */
@Global()
@Module({})
export class QueuesModule {
  /** @param names the queues this process adds to or drains */
  static forRoot(names: readonly LaneName[]): DynamicModule {
    const bull = BullModule.registerQueueAsync(
      ...names.map((name) => ({
        name,
        useFactory: () => {
          const { REDIS_URL, REDIS_PREFIX } = loadConfig(['REDIS_URL', 'REDIS_PREFIX']);
          return {
            url: REDIS_URL,
            // The braces keep a queue's keys on one node of a Redis Cluster.
            prefix: `{${REDIS_PREFIX}}`,
            redis: { maxRetriesPerRequest: null, enableReadyCheck: false },
            // A worker that was killed gives its lane back after this long; lanes are safe to drain twice (leases).
            settings: { lockDuration: 15_000, stalledInterval: 5_000, maxStalledCount: 1_000_000 },
          };
        },
      })),
    );
    return {
      module: QueuesModule,
      imports: [bull],
      providers: [
        Wake,
        Periodic,
        Sweeper,
        {
          // Before the processors are registered, which happens when all modules stand.
          provide: NAMED_WORKERS,
          inject: names.map((name) => getQueueToken(name)),
          useFactory: (...queues: Queue[]) => queues.forEach(forgiveUnnamedWorker),
        },
        {
          provide: REDIS,
          useFactory: () => {
            const { REDIS_URL, REDIS_PREFIX } = loadConfig(['REDIS_URL', 'REDIS_PREFIX']);
            return new Redis(REDIS_URL, {
              keyPrefix: `{${REDIS_PREFIX}}:`,
              maxRetriesPerRequest: 1,
              // Who asks knows what to do without Redis; one that is silent counts as away.
              commandTimeout: 5_000,
            });
          },
        },
      ],
      exports: [Wake, Periodic, Sweeper, REDIS, bull],
    };
  }
}
