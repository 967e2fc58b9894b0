import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';

/** Work that is done again and again in a worker, such as waking lanes that Redis forgot. One run at a time each. */
@Injectable()
export class Periodic implements OnApplicationShutdown {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private stopped = false;

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Runs work at once and then `everyMs` after each run has ended; a run that throws is logged and the next one comes. */
  every(name: string, everyMs: number, work: () => Promise<void>): void {
    const turn = () => {
      if (this.stopped) return;
      const run = work()
        .catch((error) => this.logger.error({ err: error, periodic: name }, 'periodic work failed'))
        .finally(() => {
          this.running.delete(run);
          if (this.stopped) return;
          const timer = setTimeout(() => {
            this.timers.delete(timer);
            turn();
          }, everyMs);
          this.timers.add(timer);
        });
      this.running.add(run);
    };
    turn();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.running);
  }
}
