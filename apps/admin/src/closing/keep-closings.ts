import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { Closings } from '#libs/closing';
import { LOGGER } from '#libs/observability';
import { Periodic } from '#libs/queues';
import { EraseTenant } from './erase-tenant.js';

const EVERY_MS = 5_000;

/** Erases tenants that are closed; several workers do not disturb each other. */
@Injectable()
export class KeepClosings implements OnApplicationBootstrap {
  constructor(
    private readonly closings: Closings,
    private readonly eraseTenant: EraseTenant,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('tenants that are erased', EVERY_MS, async () => {
      for (const { tenantId, closingId } of await this.closings.toErase()) {
        await this.eraseTenant.pass(tenantId, closingId).catch((error) => {
          this.logger.error({ err: error, tenantId, closingId }, 'a tenant could not be erased');
        });
      }
    });
  }
}
