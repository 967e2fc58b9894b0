import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';

export const LOGGER = Symbol('Logger');
export const METRICS = Symbol('Metrics');

/** Provides the process's logger and its metrics registry. */
@Global()
@Module({})
export class ObservabilityModule {
  static forRoot(logger: Logger): DynamicModule {
    const registry = new Registry();
    registry.setDefaultLabels({ process: String(logger.bindings().name ?? '') });
    collectDefaultMetrics({ register: registry });
    return {
      module: ObservabilityModule,
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: METRICS, useValue: registry },
      ],
      exports: [LOGGER, METRICS],
    };
  }
}
