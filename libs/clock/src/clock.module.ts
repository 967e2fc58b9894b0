import { type DynamicModule, Global, Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { CLOCK, type Clock, SystemClock } from './clock.js';
import { SandboxClock } from './sandbox-clock.js';

/** Provides the process's clock under the token CLOCK. */
@Global()
@Module({})
export class ClockModule implements OnModuleDestroy {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  static forRoot(): DynamicModule {
    return {
      module: ClockModule,
      providers: [
        {
          provide: CLOCK,
          useFactory: async (): Promise<Clock> => {
            const { PALOMA_CLOCK, SANDBOX_URL } = loadConfig(['PALOMA_CLOCK', 'SANDBOX_URL']);
            if (PALOMA_CLOCK === 'system') return new SystemClock();
            return new SandboxClock(SANDBOX_URL).start();
          },
        },
      ],
      exports: [CLOCK],
    };
  }

  onModuleDestroy(): void {
    if (this.clock instanceof SandboxClock) this.clock.stop();
  }
}
