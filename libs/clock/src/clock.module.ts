import { type DynamicModule, Global, Module, type OnModuleDestroy } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { CLOCK, type Clock, SystemClock } from './clock.js';
import { SandboxClock } from './sandbox-clock.js';

let followed: SandboxClock | undefined;

/** Provides the process's clock under the token CLOCK. */
@Global()
@Module({})
export class ClockModule implements OnModuleDestroy {
  static forRoot(): DynamicModule {
    return {
      module: ClockModule,
      providers: [
        {
          provide: CLOCK,
          useFactory: async (): Promise<Clock> => {
            const { PALOMA_CLOCK, SANDBOX_URL } = loadConfig(['PALOMA_CLOCK', 'SANDBOX_URL']);
            if (PALOMA_CLOCK === 'system') return new SystemClock();
            followed = await new SandboxClock(SANDBOX_URL).start();
            return followed;
          },
        },
      ],
      exports: [CLOCK],
    };
  }

  onModuleDestroy(): void {
    followed?.stop();
  }
}
