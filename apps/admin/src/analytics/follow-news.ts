import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';
import { Periodic } from '#libs/queues';
import { Rollups } from './rollups.js';

/** So old may figures be. */
const EVERY_MS = 2_000;

/** Adds up what is new, again and again; several workers do not disturb each other. */
@Injectable()
export class FollowNews implements OnApplicationBootstrap {
  constructor(
    private readonly rollups: Rollups,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('rollups', EVERY_MS, async () => {
      for (const tenantId of await this.rollups.tenantsWithNews()) {
        try {
          while (await this.rollups.fold(tenantId));
        } catch (error) {
          // One tenant's trouble must not age the figures of the others.
          this.logger.error({ err: error, tenantId }, 'could not add up the news of a tenant');
        }
      }
    });
  }
}
