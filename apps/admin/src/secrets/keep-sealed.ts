import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';
import { Periodic } from '#libs/queues';
import { SealAnew } from './seal-anew.js';

/** A process that was not restarted yet may still seal with the key before; what it wrote is found the next time. */
const EVERY_MS = 600_000;

/** Seals anew what an older key sealed: when the worker starts, which a rotation makes it do, and from time to time. */
@Injectable()
export class KeepSealed implements OnApplicationBootstrap {
  constructor(
    private readonly sealAnew: SealAnew,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('sealing anew', EVERY_MS, async () => {
      const done = await this.sealAnew.run();
      if (done.resealed > 0) this.logger.info(done, 'secrets of older keys are sealed anew');
      if (done.unreadable > 0) this.logger.error(done, 'secrets of a key that is not in ENCRYPTION_KEYS, or altered');
    });
  }
}
