import { type DynamicModule, Global, Module, type OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { loadConfig } from '#libs/config';
import { Database, refuseMightyRole } from './database.js';
import { KeepingClient } from './kept-plans.js';

/** One connection pool per process; entities are registered by the record libs that own them. */
@Global()
@Module({ providers: [Database], exports: [Database] })
export class PersistenceModule implements OnModuleInit {
  constructor(private readonly source: DataSource) {}

  /** @param connection the variable that holds the connection URL: the admin app connects as staff */
  static forRoot(connection: 'DATABASE_URL' | 'STAFF_DATABASE_URL' = 'DATABASE_URL'): DynamicModule {
    return {
      module: PersistenceModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => {
            const config = loadConfig([connection, 'DATABASE_POOL_SIZE']);
            return {
              type: 'postgres' as const,
              url: config[connection],
              autoLoadEntities: true,
              poolSize: config.DATABASE_POOL_SIZE,
              extra: { Client: KeepingClient },
              connectTimeoutMS: 10_000,
              retryAttempts: 30,
              retryDelay: 1_000,
            };
          },
        }),
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    await refuseMightyRole(this.source);
  }
}
