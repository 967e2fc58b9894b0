import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { ClockModule } from '#libs/clock';
import type { VariableName } from '#libs/config';
import { READINESS, type ReadinessCheck } from '#libs/http';
import { LeasesModule } from '#libs/leases';
import { Database, PersistenceModule } from '#libs/persistence';
import { type LaneName, QueuesModule, REDIS } from '#libs/queues';
import { VaultModule } from '#libs/vault';

type DatabaseVariable = 'DATABASE_URL' | 'STAFF_DATABASE_URL';

/** The variables that a process reads for what it stands on. */
export const processSettings = (database: DatabaseVariable = 'DATABASE_URL'): readonly VariableName[] => [
  database,
  'DATABASE_POOL_SIZE',
  'REDIS_URL',
  'REDIS_PREFIX',
  'ENCRYPTION_KEYS',
  'PALOMA_CLOCK',
  'SANDBOX_URL',
];

/** What every process of Paloma stands on: clock, database, queues, leases, vault, and what makes it ready. */
@Global()
@Module({})
export class ProcessModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  /**
   * @param options the queues this process adds to or drains; the variable with its database URL (the admin app
   *   connects as staff)
   */
  static forRoot(options: { queues: readonly LaneName[]; database?: DatabaseVariable }): DynamicModule {
    return {
      module: ProcessModule,
      imports: [
        ClockModule.forRoot(),
        PersistenceModule.forRoot(options.database),
        QueuesModule.forRoot(options.queues),
        LeasesModule,
        VaultModule,
      ],
      providers: [
        {
          provide: READINESS,
          inject: [Database, REDIS],
          useFactory: (db: Database, redis: Redis): ReadinessCheck[] => [
            { name: 'postgresql', check: () => db.query('SELECT 1') },
            { name: 'redis', check: () => redis.ping() },
          ],
        },
      ],
      exports: [READINESS],
    };
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
